/* Eight field elements at once, where the processor multiplies 52-bit numbers in eight lanes (AVX-512 IFMA).
 *
 * Here live the machine's instructions and the bounds that make them exact. Never here: a point, or a branch on a lane.
 *
 * Limbs have 51 bits as in field.h. The instruction takes the lowest 52 bits of two factors and adds the lower or the
 * upper 52 bits of their product. *Tidy* here is a limb below 2^51 + 2^16: what mul, square and carry give, and all that
 * they take as a factor. *Wide* is what stands before the carry: products are below 2^59 - 2^13, shown at `wide_mul`,
 * and the sums and differences of points (lanes_points.h) below 2^62.
 */
#include <immintrin.h>

#define LANES 8
#define IN_LANES static __attribute__((target("avx512f,avx512dq,avx512vl,avx512ifma")))
#define EACH_LIMB(i) for (int i = 0; i < 5; i++)

typedef __m512i lanes;
typedef struct { lanes v[5]; } fe8;

#define LO(acc, x, y) acc = _mm512_madd52lo_epu64(acc, x, y)
#define HI(acc, x, y) acc = _mm512_madd52hi_epu64(acc, x, y)
#define PLUS(x, y) _mm512_add_epi64(x, y)
#define MINUS(x, y) _mm512_sub_epi64(x, y)
#define ALL(w) _mm512_set1_epi64((long long)(w))

IN_LANES inline fe8 all8(const fe *a) {
    fe8 r;
    EACH_LIMB(i) r.v[i] = ALL(a->v[i]);
    return r;
}

IN_LANES inline fe8 add8(fe8 a, fe8 b) {
    EACH_LIMB(i) a.v[i] = PLUS(a.v[i], b.v[i]);
    return a;
}

/* times·p + a - b. Limbs of b are below those of times·p, whose lowest is times·(2^51 - 19). */
IN_LANES inline fe8 sub8(fe8 a, fe8 b, int times) {
    a.v[0] = MINUS(PLUS(a.v[0], ALL(((UINT64_C(1) << 51) - 19) * (uint64_t)times)), b.v[0]);
    for (int i = 1; i < 5; i++)
        a.v[i] = MINUS(PLUS(a.v[i], ALL(((UINT64_C(1) << 51) - 1) * (uint64_t)times)), b.v[i]);
    return a;
}

/* Limbs below 2^62 become tidy: what is carried is below 2^11, and 19 times that below 2^16. */
IN_LANES inline fe8 carry8(fe8 a) {
    const lanes mask = ALL(MASK);
    lanes over[5];
    EACH_LIMB(i) {
        over[i] = _mm512_srli_epi64(a.v[i], 51);
        a.v[i] = _mm512_and_si512(a.v[i], mask);
    }
    LO(a.v[0], over[4], ALL(19));
    for (int i = 1; i < 5; i++) a.v[i] = PLUS(a.v[i], over[i - 1]);
    return a;
}

/* Column k of a product has the lower parts of a_i·b_j with i + j = k and twice the upper parts of those with
 * i + j = k - 1, for 52 is one more than 51; columns 5 to 9 come down 19 times. `high` is a sum of upper parts, `u` the
 * column above: 2·(high + 9u) + u is what the lower parts are added to. */
IN_LANES inline lanes column(lanes high, lanes u) {
    high = PLUS(PLUS(high, u), _mm512_slli_epi64(u, 3));
    return PLUS(PLUS(high, high), u);
}

/* Tidy factors: a lower part is below 2^52, an upper part below 2^50 + 2^16. In units of 2^52 columns 5 to 9 are below
 * 4 + 2.5, 3 + 2, 2 + 1.5, 1 + 1 and 0.5 (and 2^-30), so columns 0 to 4 below 1 + 19·6.5 = 124.5, 97.5, 70.5, 43.5 and
 * 16.5: all are below 2^59 - 2^13. */
IN_LANES inline fe8 wide_mul(fe8 x, fe8 y) {
    const lanes *a = x.v, *b = y.v, none = _mm512_setzero_si512();
    lanes u5 = none, u6 = none, u7 = none, u8 = none, u9 = none;
    lanes r0, r1 = none, r2 = none, r3 = none, r4 = none;
    HI(u5, a[0], b[4]); HI(u6, a[1], b[4]); HI(u7, a[2], b[4]); HI(u8, a[3], b[4]); HI(u9, a[4], b[4]);
    HI(u5, a[1], b[3]); HI(u6, a[2], b[3]); HI(u7, a[3], b[3]); HI(u8, a[4], b[3]);
    HI(u5, a[2], b[2]); HI(u6, a[3], b[2]); HI(u7, a[4], b[2]);
    HI(u5, a[3], b[1]); HI(u6, a[4], b[1]);
    HI(u5, a[4], b[0]);
    u5 = PLUS(u5, u5); u6 = PLUS(u6, u6); u7 = PLUS(u7, u7); u8 = PLUS(u8, u8); u9 = PLUS(u9, u9);
    LO(u5, a[1], b[4]); LO(u6, a[2], b[4]); LO(u7, a[3], b[4]); LO(u8, a[4], b[4]);
    LO(u5, a[2], b[3]); LO(u6, a[3], b[3]); LO(u7, a[4], b[3]);
    LO(u5, a[3], b[2]); LO(u6, a[4], b[2]);
    LO(u5, a[4], b[1]);
    HI(r1, a[0], b[0]); HI(r2, a[0], b[1]); HI(r3, a[0], b[2]); HI(r4, a[0], b[3]);
    HI(r2, a[1], b[0]); HI(r3, a[1], b[1]); HI(r4, a[1], b[2]);
    HI(r3, a[2], b[0]); HI(r4, a[2], b[1]);
    HI(r4, a[3], b[0]);
    r0 = column(none, u5); r1 = column(r1, u6); r2 = column(r2, u7); r3 = column(r3, u8); r4 = column(r4, u9);
    LO(r0, a[0], b[0]); LO(r1, a[0], b[1]); LO(r2, a[0], b[2]); LO(r3, a[0], b[3]); LO(r4, a[0], b[4]);
    LO(r1, a[1], b[0]); LO(r2, a[1], b[1]); LO(r3, a[1], b[2]); LO(r4, a[1], b[3]);
    LO(r2, a[2], b[0]); LO(r3, a[2], b[1]); LO(r4, a[2], b[2]);
    LO(r3, a[3], b[0]); LO(r4, a[3], b[1]);
    LO(r4, a[4], b[0]);
    return (fe8){{r0, r1, r2, r3, r4}};
}

/* The same sums with a = b: products of two different limbs come twice, so what stands in `column` is doubled with
 * them, and the squares of single limbs are added last. The bounds are those of wide_mul. */
IN_LANES inline fe8 wide_square(fe8 x) {
    const lanes *a = x.v, none = _mm512_setzero_si512();
    lanes u5 = none, u6 = none, u7 = none, u8 = none, u9 = none;
    lanes r0, r1 = none, r2 = none, r3 = none, r4 = none;
    HI(u5, a[0], a[4]); HI(u6, a[1], a[4]); HI(u7, a[2], a[4]); HI(u8, a[3], a[4]);
    HI(u5, a[1], a[3]); HI(u6, a[2], a[3]);
    u5 = PLUS(u5, u5); u6 = PLUS(u6, u6); u7 = PLUS(u7, u7); u8 = PLUS(u8, u8);
    HI(u5, a[2], a[2]); HI(u7, a[3], a[3]); HI(u9, a[4], a[4]);
    LO(u5, a[1], a[4]); LO(u6, a[2], a[4]); LO(u7, a[3], a[4]);
    LO(u5, a[2], a[3]);
    u5 = PLUS(u5, u5); u6 = PLUS(u6, u6); u7 = PLUS(u7, u7); u8 = PLUS(u8, u8); u9 = PLUS(u9, u9);
    LO(u6, a[3], a[3]); LO(u8, a[4], a[4]);
    HI(r2, a[0], a[1]); HI(r3, a[0], a[2]); HI(r4, a[0], a[3]);
    HI(r4, a[1], a[2]);
    r2 = PLUS(r2, r2); r3 = PLUS(r3, r3); r4 = PLUS(r4, r4);
    HI(r1, a[0], a[0]); HI(r3, a[1], a[1]);
    LO(r1, a[0], a[1]); LO(r2, a[0], a[2]); LO(r3, a[0], a[3]); LO(r4, a[0], a[4]);
    LO(r3, a[1], a[2]); LO(r4, a[1], a[3]);
    r0 = column(none, u5); r1 = column(r1, u6); r2 = column(r2, u7); r3 = column(r3, u8); r4 = column(r4, u9);
    LO(r0, a[0], a[0]); LO(r2, a[1], a[1]); LO(r4, a[2], a[2]);
    return (fe8){{r0, r1, r2, r3, r4}};
}

IN_LANES inline fe8 mul8(fe8 a, fe8 b) { return carry8(wide_mul(a, b)); }
IN_LANES inline fe8 square8(fe8 a) { return carry8(wide_square(a)); }

IN_LANES inline fe8 chosen8(fe8 a, fe8 b, __mmask8 second) {
    EACH_LIMB(i) a.v[i] = _mm512_mask_mov_epi64(a.v[i], second, b.v[i]);
    return a;
}
