/* Eight encodings at once.
 *
 * Here live roots and comparisons of eight field elements, and RFC 8032's decoding. Never here: a multiple of a point.
 */

IN_LANES __attribute__((noinline)) void squares8(fe8 *r, const fe8 *a, int times) {
    fe8 t = square8(*a);
    while (--times) t = square8(t);
    *r = t;
}

/* a^((p - 5) / 8), by the chain of field.h. */
IN_LANES fe8 to_root8(fe8 a) {
    fe8 nine, eleven, t, u, r;
    squares8(&t, &a, 1);
    squares8(&u, &t, 2);
    nine = mul8(u, a);
    eleven = mul8(nine, t);
    squares8(&t, &eleven, 1);
    u = mul8(t, nine); /* 2^5 - 1 */
    squares8(&t, &u, 5);
    u = mul8(t, u); /* 2^10 - 1 */
    squares8(&t, &u, 10);
    t = mul8(t, u); /* 2^20 - 1 */
    squares8(&r, &t, 20);
    t = mul8(r, t); /* 2^40 - 1 */
    squares8(&t, &t, 10);
    u = mul8(t, u); /* 2^50 - 1 */
    squares8(&t, &u, 50);
    t = mul8(t, u); /* 2^100 - 1 */
    squares8(&r, &t, 100);
    t = mul8(r, t); /* 2^200 - 1 */
    squares8(&t, &t, 50);
    r = mul8(t, u); /* 2^250 - 1 */
    squares8(&t, &r, 2);
    return mul8(t, a);
}

/* The one representative below p; limbs below 2^62. As in field.h: two rounds of carries, then p is taken off where
 * 19 more would carry out of the top. */
IN_LANES __attribute__((noinline)) void reduced8(fe8 *r, const fe8 *a) {
    const lanes mask = ALL(MASK), nineteen = ALL(19);
    fe8 v = *a;
    lanes q;
    for (int round = 0; round < 3; round++) {
        if (round == 2) {
            q = _mm512_srli_epi64(PLUS(v.v[0], nineteen), 51);
            for (int i = 1; i < 5; i++) q = _mm512_srli_epi64(PLUS(v.v[i], q), 51);
            LO(v.v[0], q, nineteen);
        }
        for (int i = 0; i < 4; i++) {
            v.v[i + 1] = PLUS(v.v[i + 1], _mm512_srli_epi64(v.v[i], 51));
            v.v[i] = _mm512_and_si512(v.v[i], mask);
        }
        if (round < 2) LO(v.v[0], _mm512_srli_epi64(v.v[4], 51), nineteen);
        v.v[4] = _mm512_and_si512(v.v[4], mask);
    }
    *r = v;
}

IN_LANES __mmask8 zeros8(fe8 a) {
    lanes any;
    reduced8(&a, &a);
    any = _mm512_or_si512(_mm512_or_si512(a.v[0], a.v[1]), _mm512_or_si512(a.v[2], _mm512_or_si512(a.v[3], a.v[4])));
    return _mm512_testn_epi64_mask(any, any);
}

/* Decode n encodings, eight at most; returns how many were good before the first bad one. */
IN_LANES size_t decode8(point *out, const uint8_t *in, size_t n) {
    number8 w;
    point8 p;
    fe8 one = all8(&ONE), zero = all8(&ZERO), u, v, v3, x, check;
    __mmask8 bad = 0, sign, wrong;
    size_t good = 0;
    for (size_t l = 0; l < n; l++)
        if (!is_canonical(in + 32 * l)) bad |= (__mmask8)(1 << l);
    w = numbers(in, 32, n);
    sign = _mm512_movepi64_mask(w.word[3]);
    p.Y.v[0] = _mm512_and_si512(w.word[0], ALL(MASK));
    for (int i = 1; i < 4; i++)
        p.Y.v[i] = _mm512_and_si512(_mm512_or_si512(_mm512_srl_epi64(w.word[i - 1], _mm_cvtsi32_si128(64 - 13 * i)),
                                                    _mm512_sll_epi64(w.word[i], _mm_cvtsi32_si128(13 * i))), ALL(MASK));
    p.Y.v[4] = _mm512_and_si512(_mm512_srli_epi64(w.word[3], 12), ALL(MASK));
    u = square8(p.Y);
    v = carry8(add8(mul8(u, all8(&D)), one));
    u = carry8(sub8(u, one, 2));
    v3 = mul8(square8(v), v);
    x = to_root8(mul8(mul8(square8(v3), v), u));
    x = mul8(mul8(x, v3), u);
    check = mul8(square8(x), v);
    wrong = (__mmask8)~zeros8(sub8(check, u, 2));
    bad |= wrong & (__mmask8)~zeros8(add8(check, u));
    x = chosen8(x, mul8(x, all8(&ROOT)), wrong);
    bad |= zeros8(x) & sign;
    reduced8(&check, &x);
    wrong = _mm512_test_epi64_mask(check.v[0], ALL(1)) ^ sign;
    p.X = chosen8(x, carry8(sub8(zero, x, 2)), wrong);
    p.Z = one;
    p.T = mul8(p.X, p.Y);
    out_of_lanes(out, 1, n, &p);
    while (good < n && !(bad >> good & 1)) good++;
    return good;
}
