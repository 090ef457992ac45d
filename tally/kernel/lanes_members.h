/* Membership of the subgroup in lanes: the two tests of members.h.
 *
 * Here live their twins. Never here: chance; it comes from the caller.
 */

#define BLOCK8 5 /* points whose sums are all made, for each of eight blocks at once */
#define SUBSETS8 (1 << BLOCK8)

IN_LANES __mmask8 root8(fe8 *r, fe8 a, fe8 *power) {
    __mmask8 first;
    fe8 check;
    *power = to_root8(a);
    *r = mul8(*power, a);
    check = square8(*r);
    first = zeros8(sub8(check, a, 2));
    *r = chosen8(mul8(*r, all8(&ROOT)), *r, first);
    return first | zeros8(add8(check, a));
}

IN_LANES fe8 distance8(fe8 a, fe8 b) { return carry8(sub8(wide_square(a), wide_square(b), 256)); }

/* The exact test of members.h, step by step, with what is done only for some chosen at the end. */
IN_LANES __attribute__((noinline)) __mmask8 in_subgroup8(const point8 *p) {
    fe8 above = carry8(add8(p->Z, p->Y)), below = carry8(sub8(p->Z, p->Y, 2)), zero = all8(&ZERO);
    fe8 n = mul8(above, below), w, t, u, s, x_below = mul8(below, p->X), eta, r, other, power, f;
    __mmask8 at_zero = zeros8(p->X), neutral = at_zero & zeros8(sub8(p->Y, p->Z, 2));
    __mmask8 good = root8(&w, n, &power), first;
    t = mul8(above, p->X);
    u = mul8(mul8(p->Z, w), all8(&C));
    s = carry8(add8(t, u));
    first = root8(&r, distance8(s, x_below), &power);
    s = chosen8(carry8(sub8(t, u, 2)), s, first);
    eta = distance8(s, x_below);
    other = mul8(mul8(mul8(power, all8(&H)), n), square8(p->X));
    other = chosen8(mul8(other, all8(&ROOT)), other, zeros8(sub8(square8(other), eta, 2)));
    r = chosen8(other, r, first);
    w = mul8(chosen8(carry8(sub8(zero, w, 2)), w, first), p->X);
    f = square8(mul8(carry8(sub8(r, mul8(w, all8(&M)), 2)), w));
    f = mul8(mul8(f, carry8(add8(s, r))), mul8(square8(x_below), x_below));
    f = mul8(f, square8(to_root8(f)));
    return (good & zeros8(sub8(f, all8(&ONE), 2)) & (__mmask8)~at_zero) | neutral;
}

/* Whether n points, eight at most, lie in the subgroup; returns how many do before the first that does not. */
IN_LANES size_t members8(const point *p, size_t n) {
    point8 at;
    __mmask8 good;
    size_t count = 0;
    into_lanes(&at, p, 1, n);
    good = in_subgroup8(&at);
    while (count < n && good >> count & 1) count++;
    return count;
}

/* The sums of all subsets of eight blocks of BLOCK8 points, as tables of the portable form. */
IN_LANES __attribute__((noinline)) void subsets8(cached out[LANES][SUBSETS8], const point *p, size_t n) {
    point8 sum[SUBSETS8];
    cached8 c;
    into_lanes(&sum[0], p, 1, 0);
    for (size_t k = 0; k < BLOCK8; k++) {
        into_lanes(&sum[1 << k], p + k, BLOCK8, k < n ? (n - k + BLOCK8 - 1) / BLOCK8 : 0);
        to_cached8(&c, &sum[1 << k]);
        for (int s = 1; s < 1 << k; s++) plus8(&sum[(1 << k) + s], &sum[s], &c, 0, 1);
    }
    for (int s = 0; s < SUBSETS8; s++) {
        to_cached8(&c, &sum[s]);
        out_of_lanes((point *)&out[0][s], SUBSETS8, LANES, (const point8 *)&c); /* four elements, as a point has */
    }
}

IN_LANES int members_by_chance8(size_t n, const point *p, const uint8_t *chance) {
    const lanes number = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), one = ALL(1);
    cached subsets[LANES][SUBSETS8];
    point8 sum[ROUNDS / LANES];
    for (int v = 0; v < ROUNDS / LANES; v++) into_lanes(&sum[v], p, 1, 0);
    for (size_t start = 0; start < n; start += LANES * BLOCK8) {
        subsets8(subsets, p + start, n - start);
        for (size_t at = start; at < n && at < start + LANES * BLOCK8; at += BLOCK8)
            for (size_t v = 0; v < ROUNDS / LANES; v++) {
                lanes which = _mm512_setzero_si512();
                for (size_t k = 0; k < BLOCK8 && at + k < n; k++) {
                    lanes bits = _mm512_and_si512(_mm512_srlv_epi64(ALL(chance[16 * (at + k) + v]), number), one);
                    which = _mm512_or_si512(which, _mm512_sll_epi64(bits, _mm_cvtsi32_si128((int)k)));
                }
                plus_listed8(&sum[v], &sum[v], subsets[(at - start) / BLOCK8], which);
            }
    }
    for (int v = 0; v < ROUNDS / LANES; v++)
        if (in_subgroup8(&sum[v]) != ALL_LANES) return 0;
    return 1;
}
