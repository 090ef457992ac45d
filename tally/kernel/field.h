/* The field of 2^255 - 19: elements of five limbs of 51 bits.
 *
 * Here live the field's elements and their bounds. Never here: a point.
 *
 * A limb is *tidy* below 2^51 + 2^16: what mul and square give (2^51 + 2^13), what is decoded, and what comes out of
 * lanes (lanes_field.h). mul and square take limbs below 2^54: with 19 for those that come down from above, sums stay
 * below 77·2^108 < 2^115, so carries below 2^64; the highest sum is below 2^111, its carry below 2^60, and 19 times that
 * with 2^51 below 2^64. A sum of two tidy elements is below 2^53; `sub` takes away only what is below 2^53 - 76 and adds
 * 2^53 to limbs. Whatever is handed to mul is the sum or difference of at most three tidy elements and 4p, which is
 * below 2^54. */

typedef unsigned __int128 u128;
typedef struct { uint64_t v[5]; } fe;

#define MASK ((UINT64_C(1) << 51) - 1)

static const fe ZERO = {{0}}, ONE = {{1}};
/* d of the curve -x² + y² = 1 + d·x²·y², 2d, and a root of -1 */
static const fe D = {{0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
static const fe D2 = {{0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
static const fe ROOT = {{0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};

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


static int is_canonical(const uint8_t in[32]) { /* whether its 255 bits are below p */
    uint64_t rest = load64(in + 8) & load64(in + 16) & (load64(in + 24) | UINT64_C(1) << 63);
    return ~rest || load64(in) < UINT64_C(0) - 19;
}
