/* Public-data arithmetic on Edwards25519: decoding, membership, and the commitments of 0/1 proofs, many at a time.
 *
 * Here live variable-time formulas for what everybody may see. Never here: a secret; time and memory access tell all
 * that passes through. Field elements have five limbs of 51 bits; points are in extended coordinates (Hisil, Wong,
 * Carter, Dawson 2008, a = -1). Scalars are 32 bytes little-endian below the group's order. No memory is allocated.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

typedef unsigned __int128 u128;
typedef struct { uint64_t v[5]; } fe;
typedef struct { fe X, Y, Z, T; } point;                      /* x = X/Z, y = Y/Z, xy = T/Z */
typedef struct { fe plus, minus, Z2, T2d; } cached;           /* Y+X, Y-X, 2Z, 2dT: ready to be added */
typedef struct { fe plus, minus, xy2d; } niels;               /* the same with Z = 1 */

#define MASK ((UINT64_C(1) << 51) - 1)

static const fe ZERO = {{0}}, ONE = {{1}};
static const fe D = {{0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
static const fe D2 = {{0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
static const fe ROOT = {{0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};

/* --- the field ---------------------------------------------------------------------------------------------------
 *
 * Bounds on limbs: what mul and square give is *tidy*, below 2^51 + 2^13. They take limbs below 2^54: their sums stay
 * below 2^114, what is carried below 2^60, and 19 times the last carry below 2^64. A sum of two tidy elements is below
 * 2^53; `sub` takes away only what is below 2^53 - 76 and adds 2^53 to limbs. So whatever is handed to mul below is
 * the sum or difference of at most three tidy elements and 4p, which is below 2^54. */

static inline void add(fe *r, const fe *a, const fe *b) {
    for (int i = 0; i < 5; i++) r->v[i] = a->v[i] + b->v[i];
}

static inline void sub(fe *r, const fe *a, const fe *b) { /* a + 4p - b; b's limbs are below 2^53 - 76 */
    r->v[0] = a->v[0] + 0x1fffffffffffb4 - b->v[0];
    for (int i = 1; i < 5; i++) r->v[i] = a->v[i] + 0x1ffffffffffffc - b->v[i];
}

static inline void fold(fe *r, u128 t0, u128 t1, u128 t2, u128 t3, u128 t4) {
    uint64_t c;
    t1 += (uint64_t)(t0 >> 51);
    t2 += (uint64_t)(t1 >> 51);
    t3 += (uint64_t)(t2 >> 51);
    t4 += (uint64_t)(t3 >> 51);
    c = (uint64_t)(t4 >> 51);
    r->v[0] = ((uint64_t)t0 & MASK) + c * 19;
    r->v[1] = ((uint64_t)t1 & MASK) + (r->v[0] >> 51);
    r->v[0] &= MASK;
    r->v[2] = (uint64_t)t2 & MASK;
    r->v[3] = (uint64_t)t3 & MASK;
    r->v[4] = (uint64_t)t4 & MASK;
}

static inline void mul(fe *r, const fe *a, const fe *b) { /* limbs below 2^54 in, below 2^51 + 2^13 out */
    uint64_t a0 = a->v[0], a1 = a->v[1], a2 = a->v[2], a3 = a->v[3], a4 = a->v[4];
    uint64_t b0 = b->v[0], b1 = b->v[1], b2 = b->v[2], b3 = b->v[3], b4 = b->v[4];
    uint64_t c1 = 19 * b1, c2 = 19 * b2, c3 = 19 * b3, c4 = 19 * b4;
    fold(r,
         (u128)a0 * b0 + (u128)a1 * c4 + (u128)a2 * c3 + (u128)a3 * c2 + (u128)a4 * c1,
         (u128)a0 * b1 + (u128)a1 * b0 + (u128)a2 * c4 + (u128)a3 * c3 + (u128)a4 * c2,
         (u128)a0 * b2 + (u128)a1 * b1 + (u128)a2 * b0 + (u128)a3 * c4 + (u128)a4 * c3,
         (u128)a0 * b3 + (u128)a1 * b2 + (u128)a2 * b1 + (u128)a3 * b0 + (u128)a4 * c4,
         (u128)a0 * b4 + (u128)a1 * b3 + (u128)a2 * b2 + (u128)a3 * b1 + (u128)a4 * b0);
}

static inline void square(fe *r, const fe *a) {
    uint64_t a0 = a->v[0], a1 = a->v[1], a2 = a->v[2], a3 = a->v[3], a4 = a->v[4];
    uint64_t d0 = 2 * a0, d1 = 2 * a1, d2 = 2 * a2, e3 = 19 * a3, e4 = 19 * a4;
    fold(r,
         (u128)a0 * a0 + (u128)d1 * e4 + (u128)d2 * e3,
         (u128)d0 * a1 + (u128)d2 * e4 + (u128)a3 * e3,
         (u128)d0 * a2 + (u128)a1 * a1 + (u128)(2 * a3) * e4,
         (u128)d0 * a3 + (u128)d1 * a2 + (u128)a4 * e4,
         (u128)d0 * a4 + (u128)d1 * a3 + (u128)a2 * a2);
}

static void squares(fe *r, const fe *a, int times) {
    square(r, a);
    while (--times) square(r, r);
}

static void to_2_250(fe *r, fe *eleven, const fe *a) { /* a^(2^250 - 1), and a^11 */
    fe t, u, nine;
    square(&t, a);                      /* 2 */
    squares(&u, &t, 2);                 /* 8 */
    mul(&nine, &u, a);
    mul(eleven, &nine, &t);
    square(&t, eleven);                 /* 22 */
    mul(&u, &t, &nine);                 /* 2^5 - 1 */
    squares(&t, &u, 5);
    mul(&u, &t, &u);                    /* 2^10 - 1 */
    squares(&t, &u, 10);
    mul(&t, &t, &u);                    /* 2^20 - 1 */
    squares(r, &t, 20);
    mul(&t, r, &t);                     /* 2^40 - 1 */
    squares(&t, &t, 10);
    mul(&u, &t, &u);                    /* 2^50 - 1 */
    squares(&t, &u, 50);
    mul(&t, &t, &u);                    /* 2^100 - 1 */
    squares(r, &t, 100);
    mul(&t, r, &t);                     /* 2^200 - 1 */
    squares(&t, &t, 50);
    mul(r, &t, &u);
}

static void invert(fe *r, const fe *a) { /* a^(p - 2) = a^(2^255 - 21) */
    fe t, eleven;
    to_2_250(&t, &eleven, a);
    squares(&t, &t, 5);
    mul(r, &t, &eleven);
}

static void to_root(fe *r, const fe *a) { /* a^((p - 5) / 8) = a^(2^252 - 3) */
    fe t, eleven;
    to_2_250(&t, &eleven, a);
    squares(&t, &t, 2);
    mul(r, &t, a);
}

static void reduced(uint64_t out[5], const fe *a) { /* the one representative below p */
    uint64_t v[5], q;
    memcpy(v, a->v, sizeof v);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++) {
            v[i + 1] += v[i] >> 51;
            v[i] &= MASK;
        }
        v[0] += 19 * (v[4] >> 51);
        v[4] &= MASK;
    }
    q = (v[0] + 19) >> 51;
    for (int i = 1; i < 5; i++) q = (v[i] + q) >> 51;
    v[0] += 19 * q;
    for (int i = 0; i < 4; i++) {
        v[i + 1] += v[i] >> 51;
        v[i] &= MASK;
    }
    v[4] &= MASK;
    memcpy(out, v, sizeof v);
}

static void store64(uint8_t *out, uint64_t w) {
    for (int i = 0; i < 8; i++) out[i] = (uint8_t)(w >> (8 * i));
}

static uint64_t load64(const uint8_t *in) {
    uint64_t w = 0;
    for (int i = 7; i >= 0; i--) w = w << 8 | in[i];
    return w;
}

static void to_bytes(uint8_t out[32], const fe *a) {
    uint64_t v[5];
    reduced(v, a);
    store64(out, v[0] | v[1] << 51);
    store64(out + 8, v[1] >> 13 | v[2] << 38);
    store64(out + 16, v[2] >> 26 | v[3] << 25);
    store64(out + 24, v[3] >> 39 | v[4] << 12);
}

static void from_bytes(fe *r, const uint8_t in[32]) { /* the highest bit is not looked at */
    uint64_t w0 = load64(in), w1 = load64(in + 8), w2 = load64(in + 16), w3 = load64(in + 24);
    r->v[0] = w0 & MASK;
    r->v[1] = (w0 >> 51 | w1 << 13) & MASK;
    r->v[2] = (w1 >> 38 | w2 << 26) & MASK;
    r->v[3] = (w2 >> 25 | w3 << 39) & MASK;
    r->v[4] = w3 >> 12 & MASK;
}

static int is_zero(const fe *a) {
    uint64_t v[5];
    reduced(v, a);
    return !(v[0] | v[1] | v[2] | v[3] | v[4]);
}

static int is_odd(const fe *a) {
    uint64_t v[5];
    reduced(v, a);
    return (int)(v[0] & 1);
}

/* --- points ---------------------------------------------------------------------------------------------------- */

static const point NEUTRAL = {{{0}}, {{1}}, {{1}}, {{0}}};

static inline void to_cached(cached *r, const point *p) {
    add(&r->plus, &p->Y, &p->X);
    sub(&r->minus, &p->Y, &p->X);
    add(&r->Z2, &p->Z, &p->Z);
    mul(&r->T2d, &p->T, &D2);
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
    uint8_t again[32];
    int sign = in[31] >> 7;
    from_bytes(&r->Y, in);
    to_bytes(again, &r->Y);
    again[31] |= (uint8_t)(sign << 7);
    if (memcmp(again, in, 32)) return 0;
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

/* --- exponents ------------------------------------------------------------------------------------------------- */

#ifndef WINDOW
#define WINDOW 7 /* of fixed bases */
#endif
#define WINDOWS ((253 + WINDOW) / WINDOW)
#define HALF (1 << (WINDOW - 1))
#ifndef RADIX
#define RADIX 5 /* of bases that come once */
#endif
#define DIGITS ((253 + RADIX) / RADIX)
#define BUCKETS (1 << (RADIX - 1))

typedef struct { niels of[WINDOWS][HALF]; } table;

/* Signed digits of `width` bits, lowest first, each at most half the radix. */
static void digits(int16_t *out, int count, int width, const uint8_t s[32]) {
    int carry = 0, radix = 1 << width;
    for (int i = 0; i < count; i++) {
        int digit = carry;
        for (int k = 0; k < width; k++) {
            int bit = i * width + k;
            if (bit < 256) digit += (s[bit >> 3] >> (bit & 7) & 1) << k;
        }
        carry = digit > radix / 2;
        out[i] = (int16_t)(digit - (carry ? radix : 0));
    }
}

static void times_fixed(point *acc, const table *base, const uint8_t s[32], int negative) { /* acc += s·base */
    int16_t d[WINDOWS];
    digits(d, WINDOWS, WINDOW, s);
    for (int i = 0; i < WINDOWS; i++)
        if (d[i]) plus_niels(acc, acc, &base->of[i][(d[i] < 0 ? -d[i] : d[i]) - 1], (d[i] < 0) != negative);
}

static void gather(point *acc, const point *bucket, const uint8_t *used) { /* acc += Σ j·bucket[j - 1] */
    point running = NEUTRAL, sum = NEUTRAL;
    int begun = 0;
    for (int j = BUCKETS; j-- > 0;) {
        if (used[j]) {
            if (begun) plus_point(&running, &running, &bucket[j]);
            else running = bucket[j];
            begun++;
        }
        if (begun == 1 && used[j]) sum = running;
        else if (begun) plus_point(&sum, &sum, &running);
    }
    plus_point(acc, acc, &sum);
}

/* acc0 += s0·p and acc1 += s1·p: Yao's method, so that both share the doublings of p. */
static void times_both(point *acc0, point *acc1, const point *p, const uint8_t s0[32], const uint8_t s1[32]) {
    int16_t d[2][DIGITS];
    point bucket[2][BUCKETS], at = *p;
    uint8_t used[2][BUCKETS];
    cached c;
    memset(used, 0, sizeof used);
    digits(d[0], DIGITS, RADIX, s0);
    digits(d[1], DIGITS, RADIX, s1);
    for (int i = 0; i < DIGITS; i++) {
        if (d[0][i] || d[1][i]) to_cached(&c, &at);
        for (int w = 0; w < 2; w++) {
            int value = d[w][i], place = (value < 0 ? -value : value) - 1;
            if (!value) continue;
            if (used[w][place]) {
                plus(&bucket[w][place], &bucket[w][place], &c, value < 0);
                continue;
            }
            used[w][place] = 1;
            bucket[w][place] = at;
            if (value < 0) {
                sub(&bucket[w][place].X, &ZERO, &at.X);
                mul(&bucket[w][place].X, &bucket[w][place].X, &ONE);
                sub(&bucket[w][place].T, &ZERO, &at.T);
                mul(&bucket[w][place].T, &bucket[w][place].T, &ONE);
            }
        }
        if (i + 1 < DIGITS)
            for (int k = 0; k < RADIX; k++) twice(&at, &at, k == RADIX - 1);
    }
    gather(acc0, bucket[0], used[0]);
    gather(acc1, bucket[1], used[1]);
}

/* Whether the group's order times p is the neutral element. */
static int in_subgroup(const point *p) {
    static const uint8_t low[16] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                    0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14};
    point odd[4], p2, acc = *p; /* order = 2^252 + low; digits of width 4, odd, from above */
    cached table_[4];
    int8_t naf[253];
    int bits[130];
    twice(&p2, p, 1);
    odd[0] = *p;
    to_cached(&table_[0], p);
    for (int i = 1; i < 4; i++) {
        plus_point(&odd[i], &odd[i - 1], &p2);
        to_cached(&table_[i], &odd[i]);
    }
    memset(naf, 0, sizeof naf);
    for (int i = 0; i < 130; i++) bits[i] = i < 128 ? low[i >> 3] >> (i & 7) & 1 : 0;
    for (int i = 0; i < 130; i++) {
        if (!bits[i]) continue;
        int value = 0;
        for (int k = 0; k < 4 && i + k < 130; k++) value |= bits[i + k] << k;
        for (int k = 0; k < 4 && i + k < 130; k++) bits[i + k] = 0;
        if (value > 8) {
            value -= 16;
            for (int k = i + 4; k < 130; k++) {
                if (!bits[k]) { bits[k] = 1; break; }
                bits[k] = 0;
            }
        }
        naf[i] = (int8_t)value;
    }
    for (int i = 251; i >= 0; i--) {
        twice(&acc, &acc, naf[i] != 0 || i == 0);
        if (naf[i]) plus(&acc, &acc, &table_[(naf[i] < 0 ? -naf[i] : naf[i]) / 2], naf[i] < 0);
    }
    return is_neutral(&acc);
}

/* --- what Python calls ----------------------------------------------------------------------------------------- */

EXPORT size_t ptn_abi(void) { return 1; }
EXPORT size_t ptn_size_of_element(void) { return sizeof(fe); }
EXPORT size_t ptn_size_of_point(void) { return sizeof(point); }
EXPORT size_t ptn_size_of_table(void) { return sizeof(table); }

/* Decode n encodings of 32 bytes; returns how many were good before the first bad one. */
EXPORT size_t ptn_decode(size_t n, const uint8_t *in, point *out) {
    for (size_t i = 0; i < n; i++)
        if (!decode(&out[i], in + 32 * i)) return i;
    return n;
}

/* Encode n points in place of their coordinates; `room` holds n field elements. */
EXPORT void ptn_encode(size_t n, point *p, void *room, uint8_t *out) {
    normalise(p, n, (fe *)room);
    for (size_t i = 0; i < n; i++) encode_affine(out + 32 * i, &p[i].X, &p[i].Y);
}

/* Whether every one of n points lies in the subgroup, one by one; returns how many do before the first that does not. */
EXPORT size_t ptn_members(size_t n, const point *p) {
    for (size_t i = 0; i < n; i++)
        if (!in_subgroup(&p[i])) return i;
    return n;
}

#define ROUNDS 128
#define BLOCK 6

/* Whether `ROUNDS` sums over random subsets of n points lie in the subgroup; `chance` has 16 bytes a point, from the
 * operating system. A sum leaves out a component of small order with probability 1/2 at most, so one passes by 2^-128. */
EXPORT int ptn_members_by_chance(size_t n, const point *p, const uint8_t *chance) {
    point sums[ROUNDS], subset[1 << BLOCK];
    cached ready[1 << BLOCK];
    for (int j = 0; j < ROUNDS; j++) sums[j] = NEUTRAL;
    for (size_t start = 0; start < n; start += BLOCK) {
        int many = n - start < BLOCK ? (int)(n - start) : BLOCK;
        subset[0] = NEUTRAL;
        for (int k = 0; k < many; k++) {
            cached c;
            to_cached(&c, &p[start + (size_t)k]);
            for (int s = 0; s < 1 << k; s++) plus(&subset[(1 << k) + s], &subset[s], &c, 0);
        }
        for (int s = 1; s < 1 << many; s++) to_cached(&ready[s], &subset[s]);
        for (int j = 0; j < ROUNDS; j++) {
            int chosen = 0;
            for (int k = 0; k < many; k++)
                chosen |= (chance[16 * (start + (size_t)k) + (size_t)(j >> 3)] >> (j & 7) & 1) << k;
            if (chosen) plus(&sums[j], &sums[j], &ready[chosen], 0);
        }
    }
    for (int j = 0; j < ROUNDS; j++)
        if (!in_subgroup(&sums[j])) return 0;
    return 1;
}

/* Make the table of a base that comes often; `room` holds WINDOWS · HALF points and as many field elements. */
EXPORT size_t ptn_room_of_table(void) { return (sizeof(point) + sizeof(fe)) * WINDOWS * HALF; }

EXPORT void ptn_table(const point *base, table *out, void *room) {
    point *all = (point *)room, at = *base;
    fe *products = (fe *)(all + WINDOWS * HALF), t;
    for (int i = 0; i < WINDOWS; i++) {
        cached c;
        to_cached(&c, &at);
        all[i * HALF] = at;
        for (int j = 1; j < HALF; j++) plus(&all[i * HALF + j], &all[i * HALF + j - 1], &c, 0);
        for (int k = 0; k < WINDOW; k++) twice(&at, &at, k == WINDOW - 1);
    }
    normalise(all, WINDOWS * HALF, products);
    for (int i = 0; i < WINDOWS; i++)
        for (int j = 0; j < HALF; j++) {
            const point *p = &all[i * HALF + j];
            niels *n = &out->of[i][j];
            add(&n->plus, &p->Y, &p->X);
            sub(&n->minus, &p->Y, &p->X);
            mul(&n->minus, &n->minus, &ONE);
            mul(&t, &p->X, &p->Y);
            mul(&n->xy2d, &t, &D2);
        }
}

/* The four commitments of each of n proofs that (alpha, beta) encrypts `low` or `low` + 1: scalars c0 r0 c1 r1 in a row,
 * out g^r0 alpha^c0, y^r0 (beta/g^low)^c0, g^r1 alpha^c1, y^r1 (beta/g^(low+1))^c1, for each. `gc` are low·c0 and
 * (low+1)·c1 mod the order. */
EXPORT void ptn_commitments(size_t n, const table *g, const table *y, const point *alpha, const point *beta,
                            const uint8_t *scalars, const uint8_t *gc, point *out) {
    for (size_t i = 0; i < n; i++) {
        const uint8_t *c0 = scalars + 128 * i, *r0 = c0 + 32, *c1 = c0 + 64, *r1 = c0 + 96;
        point *of = out + 4 * i;
        for (int k = 0; k < 4; k++) of[k] = NEUTRAL;
        times_fixed(&of[0], g, r0, 0);
        times_fixed(&of[1], y, r0, 0);
        times_fixed(&of[2], g, r1, 0);
        times_fixed(&of[3], y, r1, 0);
        times_fixed(&of[1], g, gc + 64 * i, 1);
        times_fixed(&of[3], g, gc + 64 * i + 32, 1);
        times_both(&of[0], &of[2], &alpha[i], c0, c1);
        times_both(&of[1], &of[3], &beta[i], c0, c1);
    }
}

/* out[i] = r·base + c·p for general pairs: a signature, a share. `base` of each is a point of its own. */
EXPORT void ptn_pairs(size_t n, const point *base, const point *p, const uint8_t *scalars, point *out) {
    static const uint8_t none[32] = {0};
    point waste;
    for (size_t i = 0; i < n; i++) {
        out[i] = NEUTRAL;
        waste = NEUTRAL;
        times_both(&out[i], &waste, &base[i], scalars + 64 * i, none);
        times_both(&out[i], &waste, &p[i], scalars + 64 * i + 32, none);
    }
}

/* out[i] = the product of the next sizes[i] points. */
EXPORT void ptn_products(size_t n, const size_t *sizes, const point *p, point *out) {
    for (size_t i = 0; i < n; i++) {
        out[i] = NEUTRAL;
        for (size_t j = 0; j < sizes[i]; j++) plus_point(&out[i], &out[i], p++);
    }
}
