/* Eight points at once: the formulas of points.h, a lane each.
 *
 * Here live adding, doubling, and what is read from tables lane by lane. Never here: an exponent.
 */

#define ALL_LANES ((__mmask8)0xff)

typedef struct { fe8 X, Y, Z, T; } point8;
typedef struct { fe8 plus, minus, Z2, T2d; } cached8;

/* T is needed only by additions: `with_t` says whether one follows.
 *
 * Sums and differences are taken of wide products, below 2^59 - 2^13 each, before one carry: with 256·p, whose limbs
 * are above that, or 512·p, all stay below 2^62. */
IN_LANES inline point8 finish8(fe8 e, fe8 f, fe8 g, fe8 h, int with_t) {
    point8 r;
    e = carry8(e), f = carry8(f), g = carry8(g), h = carry8(h);
    r.X = mul8(e, f);
    r.Y = mul8(g, h);
    r.Z = mul8(f, g);
    if (with_t) r.T = mul8(e, h);
    return r;
}

IN_LANES __attribute__((noinline)) void twice8(point8 *r, const point8 *p, int with_t) {
    fe8 a = wide_square(p->X), b = wide_square(p->Y), c = wide_square(p->Z), d = wide_mul(p->X, p->Y), none, g;
    EACH_LIMB(i) none.v[i] = _mm512_setzero_si512();
    g = sub8(a, b, 256);
    *r = finish8(sub8(none, add8(d, d), 512), add8(add8(c, c), g), g, add8(a, b), with_t);
}

/* p + q, or p - q in the lanes of `negative`, for which plus and minus come exchanged. */
IN_LANES inline point8 sum8(const point8 *p, fe8 plus, fe8 minus, fe8 d, fe8 T2d, __mmask8 negative, int with_t) {
    fe8 a = wide_mul(carry8(sub8(p->Y, p->X, 2)), minus), b = wide_mul(carry8(add8(p->Y, p->X)), plus);
    fe8 c = wide_mul(p->T, T2d), minus_c;
    EACH_LIMB(i) minus_c.v[i] = _mm512_setzero_si512();
    minus_c = sub8(minus_c, c, 256);
    EACH_LIMB(i) {
        lanes other = c.v[i];
        c.v[i] = _mm512_mask_mov_epi64(other, negative, minus_c.v[i]);
        minus_c.v[i] = _mm512_mask_mov_epi64(minus_c.v[i], negative, other);
    }
    return finish8(sub8(b, a, 256), add8(d, minus_c), add8(d, c), add8(b, a), with_t);
}

IN_LANES __attribute__((noinline)) void plus8(point8 *r, const point8 *p, const cached8 *q, __mmask8 negative,
                                              int with_t) {
    fe8 plus, minus;
    EACH_LIMB(i) {
        plus.v[i] = _mm512_mask_mov_epi64(q->plus.v[i], negative, q->minus.v[i]);
        minus.v[i] = _mm512_mask_mov_epi64(q->minus.v[i], negative, q->plus.v[i]);
    }
    *r = sum8(p, plus, minus, wide_mul(p->Z, q->Z2), q->T2d, negative, with_t);
}

/* Five limbs, `step` words apart, of what stands at another place for each lane. */
IN_LANES inline fe8 gather8(const uint64_t *from, lanes at, int step) {
    fe8 r;
    EACH_LIMB(i) r.v[i] = _mm512_i64gather_epi64(at, (const long long *)(from + i * step), 8);
    return r;
}

/* p + q, or p - q where `negative`, each lane's q being its own in entry `which` of a table of cached8. */
IN_LANES __attribute__((noinline)) void plus_own8(point8 *r, const point8 *p, const cached8 *table_, lanes which,
                                                  __mmask8 negative, int with_t) {
    const uint64_t *from = (const uint64_t *)table_;
    const lanes size = ALL(sizeof(cached8) / 8), next = ALL(sizeof(fe8) / 8);
    lanes at = PLUS(_mm512_mullo_epi64(which, size), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
    lanes plus = _mm512_mask_add_epi64(at, negative, at, next);
    lanes minus = _mm512_mask_mov_epi64(PLUS(at, next), negative, at);
    fe8 d = wide_mul(p->Z, gather8(from + 80, at, 8));
    *r = sum8(p, gather8(from, plus, 8), gather8(from, minus, 8), d, gather8(from + 120, at, 8), negative, with_t);
}

/* The same with one table of niels for all lanes. */
IN_LANES __attribute__((noinline)) void plus_common8(point8 *r, const point8 *p, const niels *table_, lanes which,
                                                     __mmask8 negative, int with_t) {
    const uint64_t *from = (const uint64_t *)table_;
    const lanes size = ALL(sizeof(niels) / 8), next = ALL(sizeof(fe) / 8);
    lanes at = _mm512_mullo_epi64(which, size);
    lanes plus = _mm512_mask_add_epi64(at, negative, at, next);
    lanes minus = _mm512_mask_mov_epi64(PLUS(at, next), negative, at);
    fe8 d = add8(p->Z, p->Z);
    *r = sum8(p, gather8(from, plus, 1), gather8(from, minus, 1), d, gather8(from + 10, at, 1), negative, with_t);
}

/* p + q with each lane's q in a table of the portable form. */
IN_LANES __attribute__((noinline)) void plus_listed8(point8 *r, const point8 *p, const cached *table_, lanes which) {
    const uint64_t *from = (const uint64_t *)table_;
    lanes at = _mm512_mullo_epi64(which, ALL(sizeof(cached) / 8));
    fe8 d = wide_mul(p->Z, gather8(from + 10, at, 1));
    *r = sum8(p, gather8(from, at, 1), gather8(from + 5, at, 1), d, gather8(from + 15, at, 1), 0, 1);
}

IN_LANES void to_cached8(cached8 *r, const point8 *p) {
    fe8 d2 = all8(&D2);
    r->plus = carry8(add8(p->Y, p->X));
    r->minus = carry8(sub8(p->Y, p->X, 2));
    r->Z2 = carry8(add8(p->Z, p->Z));
    r->T2d = mul8(p->T, d2);
}

/* Lane l is p[step·l], and the neutral element from n on; back the same way. */
IN_LANES void into_lanes(point8 *r, const point *p, size_t step, size_t n) {
    for (size_t l = 0; l < LANES; l++) {
        const uint64_t *in = (const uint64_t *)(l < n ? &p[step * l] : &NEUTRAL);
        for (size_t i = 0; i < 20; i++) ((uint64_t *)r)[8 * i + l] = in[i];
    }
}

IN_LANES void out_of_lanes(point *p, size_t step, size_t n, const point8 *from) {
    for (size_t l = 0; l < LANES && l < n; l++)
        for (size_t i = 0; i < 20; i++) ((uint64_t *)&p[step * l])[i] = ((const uint64_t *)from)[8 * i + l];
}

IN_LANES void leave_unless(point8 *acc, const point8 *other, __mmask8 which) {
    acc->X = chosen8(acc->X, other->X, which);
    acc->Y = chosen8(acc->Y, other->Y, which);
    acc->Z = chosen8(acc->Z, other->Z, which);
    acc->T = chosen8(acc->T, other->T, which);
}

/* The products of up to eight columns of so many rows, which are `step` points apart. */
IN_LANES void columns8(point *out, size_t n, size_t rows, size_t step, const point *p) {
    point8 sum, at;
    cached8 c;
    into_lanes(&sum, p, 1, 0);
    for (size_t r = 0; r < rows; r++) {
        into_lanes(&at, p + step * r, 1, n);
        to_cached8(&c, &at);
        plus8(&sum, &sum, &c, 0, 1);
    }
    out_of_lanes(out, 1, n, &sum);
}
