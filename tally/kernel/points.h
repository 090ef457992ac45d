/* Points of the curve, one at a time.
 *
 * Here live their forms, adding and doubling, decoding and encoding (RFC 8032, 5.1). Never here: an exponent.
 */

typedef struct { fe X, Y, Z, T; } point;            /* x = X/Z, y = Y/Z, xy = T/Z; all tidy */
typedef struct { fe plus, minus, Z2, T2d; } cached; /* Y+X, Y-X, 2Z, 2dT: ready to be added */
typedef struct { fe plus, minus, xy2d; } niels;     /* the same with Z = 1 */

static const point NEUTRAL = {{{0}}, {{1}}, {{1}}, {{0}}};

static inline void to_cached(cached *r, const point *p) {
    add(&r->plus, &p->Y, &p->X);
    sub(&r->minus, &p->Y, &p->X);
    add(&r->Z2, &p->Z, &p->Z);
    mul(&r->T2d, &p->T, &D2);
}

static void to_niels(niels *r, const point *p) { /* p->Z is 1, p->T is not looked at */
    fe t;
    add(&r->plus, &p->Y, &p->X);
    mul(&r->plus, &r->plus, &ONE); /* tidy, for the lanes */
    sub(&r->minus, &p->Y, &p->X);
    mul(&r->minus, &r->minus, &ONE);
    mul(&t, &p->X, &p->Y);
    mul(&r->xy2d, &t, &D2);
}

static inline void finish(point *r, const fe *e, const fe *f, const fe *g, const fe *h, int with_t) {
    mul(&r->X, e, f);
    mul(&r->Y, g, h);
    mul(&r->Z, f, g);
    if (with_t) mul(&r->T, e, h);
}

static inline void twice(point *r, const point *p, int with_t) {
    fe a, b, c, e, f, g, h;
    square(&a, &p->X);
    square(&b, &p->Y);
    square(&c, &p->Z);
    add(&c, &c, &c);
    add(&h, &a, &b);
    add(&e, &p->X, &p->Y);
    square(&e, &e);
    sub(&e, &h, &e);
    sub(&g, &a, &b);
    add(&f, &c, &g);
    finish(r, &e, &f, &g, &h, with_t);
}

static inline void combine(point *r, const fe *a, const fe *b, const fe *c, const fe *d, int negative) {
    fe e, f, g, h;
    sub(&e, b, a);
    add(&h, b, a);
    if (negative) {
        add(&f, d, c);
        sub(&g, d, c);
    } else {
        sub(&f, d, c);
        add(&g, d, c);
    }
    finish(r, &e, &f, &g, &h, 1);
}

static inline void plus(point *r, const point *p, const cached *q, int negative) { /* p + q, or p - q */
    fe a, b, c, d;
    sub(&a, &p->Y, &p->X);
    add(&b, &p->Y, &p->X);
    mul(&a, &a, negative ? &q->plus : &q->minus);
    mul(&b, &b, negative ? &q->minus : &q->plus);
    mul(&c, &p->T, &q->T2d);
    mul(&d, &p->Z, &q->Z2);
    combine(r, &a, &b, &c, &d, negative);
}

static inline void plus_niels(point *r, const point *p, const niels *q, int negative) {
    fe a, b, c, d;
    sub(&a, &p->Y, &p->X);
    add(&b, &p->Y, &p->X);
    mul(&a, &a, negative ? &q->plus : &q->minus);
    mul(&b, &b, negative ? &q->minus : &q->plus);
    mul(&c, &p->T, &q->xy2d);
    add(&d, &p->Z, &p->Z);
    combine(r, &a, &b, &c, &d, negative);
}

static void plus_point(point *r, const point *p, const point *q) {
    cached c;
    to_cached(&c, q);
    plus(r, p, &c, 0);
}

static int is_neutral(const point *p) {
    fe difference;
    sub(&difference, &p->Y, &p->Z);
    return is_zero(&p->X) && is_zero(&difference);
}

static int decode(point *r, const uint8_t in[32]) { /* RFC 8032, 5.1.3, and no second spelling */
    fe u, v, v3, x, check;
    int sign = in[31] >> 7;
    if (!is_canonical(in)) return 0;
    from_bytes(&r->Y, in);
    square(&u, &r->Y);
    mul(&v, &u, &D);
    sub(&u, &u, &ONE);
    mul(&u, &u, &ONE); /* small again: it is taken away below */
    add(&v, &v, &ONE);
    square(&v3, &v);
    mul(&v3, &v3, &v);
    square(&x, &v3);
    mul(&x, &x, &v);
    mul(&x, &x, &u);
    to_root(&x, &x);
    mul(&x, &x, &v3);
    mul(&x, &x, &u);
    square(&check, &x);
    mul(&check, &check, &v);
    sub(&v3, &check, &u);
    if (!is_zero(&v3)) {
        add(&v3, &check, &u);
        if (!is_zero(&v3)) return 0;
        mul(&x, &x, &ROOT);
    }
    if (is_zero(&x) && sign) return 0;
    if (is_odd(&x) != sign) sub(&x, &ZERO, &x);
    mul(&r->X, &x, &ONE);
    r->Z = ONE;
    mul(&r->T, &r->X, &r->Y);
    return 1;
}

static void encode_affine(uint8_t out[32], const fe *x, const fe *y) {
    to_bytes(out, y);
    out[31] |= (uint8_t)(is_odd(x) << 7);
}

/* Divide every point by its Z with one inversion (Montgomery); `room` holds n elements. */
static void normalise(point *p, size_t n, fe *room) {
    fe all = ONE, t;
    for (size_t i = 0; i < n; i++) {
        room[i] = all;
        mul(&all, &all, &p[i].Z);
    }
    invert(&all, &all);
    for (size_t i = n; i-- > 0;) {
        mul(&t, &all, &room[i]);
        mul(&all, &all, &p[i].Z);
        mul(&p[i].X, &p[i].X, &t);
        mul(&p[i].Y, &p[i].Y, &t);
        p[i].Z = ONE;
    }
}

/* Encode n points with one inversion; `room` holds n elements. */
static void encode_all(uint8_t *out, const point *p, size_t n, fe *room) {
    fe all = ONE, t, x, y;
    for (size_t i = 0; i < n; i++) {
        room[i] = all;
        mul(&all, &all, &p[i].Z);
    }
    invert(&all, &all);
    for (size_t i = n; i-- > 0;) {
        mul(&t, &all, &room[i]);
        mul(&all, &all, &p[i].Z);
        mul(&x, &p[i].X, &t);
        mul(&y, &p[i].Y, &t);
        encode_affine(out + 32 * i, &x, &y);
    }
}
