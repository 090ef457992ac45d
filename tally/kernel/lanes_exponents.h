/* Eight proofs at once: signed combs, so that all lanes double and add together and only what they read differs.
 *
 * Here live the digits and the walks. Never here: a formula.
 *
 * An odd number s below 2^n is Σ ±2^i over i < n, the sign at i being + where bit i of (s + 2^n - 1)/2 is set. A comb
 * with t teeth and c columns, t·c = n, takes from column j the signs of the places j, c + j, …, (t-1)·c + j: they
 * choose one of 2^(t-1) sums ±2^0·P ± 2^c·P ± …, up to its sign. So s·P costs c doublings and c additions. For an even
 * number, s + 1 is taken and P is taken off at the end.
 */

#define TEETH 5 /* of bases that come once */
#define COLUMNS 51
#define OWN (1 << (TEETH - 1))
#define LONG_TEETH 11 /* of g and y */
#define LONG_COLUMNS 24
#define COMMON (1 << (LONG_TEETH - 1))

typedef struct { niels of[COMMON], base; } comb;

typedef struct {
    lanes word[4];
    __mmask8 even;
} number8;

/* Lane l is the number of 32 bytes at s + step·l, and zero from n on. */
IN_LANES inline number8 numbers(const uint8_t *s, size_t step, size_t n) {
    uint64_t w[4][LANES] = {{0}};
    number8 r;
    for (size_t l = 0; l < LANES && l < n; l++)
        for (size_t i = 0; i < 4; i++) w[i][l] = load64(s + step * l + 8 * i);
    for (int i = 0; i < 4; i++) r.word[i] = _mm512_loadu_si512(w[i]);
    r.even = _mm512_testn_epi64_mask(r.word[0], ALL(1));
    return r;
}

/* The entry that column j chooses and whether it is taken off. Bit i of (s - 1)/2 + 2^(n-1) is bit i + 1 of s, for
 * s below 2^255 is below 2^(n-1) too; the highest is set. */
IN_LANES inline lanes chosen(const number8 *s, int j, int teeth, int columns, __mmask8 *negative) {
    const lanes one = ALL(1);
    lanes bits = _mm512_setzero_si512();
    for (int t = 0; t < teeth; t++) {
        int at = t * columns + j + 1;
        lanes bit = at == teeth * columns ? one
                  : at > 255 ? _mm512_setzero_si512()
                  : _mm512_and_si512(_mm512_srl_epi64(s->word[at / 64], _mm_cvtsi32_si128(at % 64)), one);
        bits = _mm512_or_si512(bits, _mm512_sll_epi64(bit, _mm_cvtsi32_si128(t)));
    }
    *negative = _mm512_testn_epi64_mask(bits, ALL(1 << (teeth - 1)));
    bits = _mm512_mask_xor_epi64(bits, *negative, bits, ALL(-1));
    return _mm512_and_si512(bits, ALL((1 << (teeth - 1)) - 1));
}

/* The entries of a comb of P: bit t of an entry's number is the sign of 2^(t·c)·P, that of the last tooth is +. In the
 * order of Gray's code each differs from the one before by one sign, so by twice such a multiple. */
IN_LANES void own_comb(cached8 entry[OWN], cached8 *base, const point8 *p) {
    cached8 once[TEETH - 1], doubled[TEETH - 1];
    point8 at = *p;
    int number = 0;
    for (int t = 0; t < TEETH - 1; t++) {
        to_cached8(&once[t], &at);
        for (int k = 0; k < COLUMNS; k++) {
            twice8(&at, &at, k == 0 || k == COLUMNS - 1);
            if (k == 0) to_cached8(&doubled[t], &at);
        }
    }
    *base = once[0];
    for (int t = 0; t < TEETH - 1; t++) plus8(&at, &at, &once[t], ALL_LANES, 1);
    to_cached8(&entry[0], &at);
    for (int i = 1; i < OWN; i++) {
        int t = __builtin_ctz((unsigned)i);
        number ^= 1 << t;
        plus8(&at, &at, &doubled[t], number >> t & 1 ? 0 : ALL_LANES, 1);
        to_cached8(&entry[number], &at);
    }
}

/* A multiple of a base that comes often, to be added or taken off. */
typedef struct { const comb *of; const number8 *s; __mmask8 negative; } term;

/* acc = s·P + the terms; `entry` and `base` are P's. */
IN_LANES void walk(point8 *acc, const cached8 entry[OWN], const cached8 *base, const number8 *s, const term *terms,
                   int count) {
    __mmask8 negative;
    lanes which;
    point8 less;
    *acc = (point8){all8(&ZERO), all8(&ONE), all8(&ONE), all8(&ZERO)};
    for (int j = COLUMNS - 1; j >= 0; j--) {
        if (j < COLUMNS - 1) twice8(acc, acc, 1);
        which = chosen(s, j, TEETH, COLUMNS, &negative);
        plus_own8(acc, acc, entry, which, negative, !j || (count && j < LONG_COLUMNS));
        for (int i = 0; i < count && j < LONG_COLUMNS; i++) {
            which = chosen(terms[i].s, j, LONG_TEETH, LONG_COLUMNS, &negative);
            plus_common8(acc, acc, terms[i].of->of, which, negative ^ terms[i].negative, !j || i + 1 < count);
        }
    }
    plus8(&less, acc, base, ALL_LANES, 1);
    leave_unless(acc, &less, s->even);
    for (int i = 0; i < count; i++) {
        plus_common8(&less, acc, &terms[i].of->base, _mm512_setzero_si512(), (__mmask8)~terms[i].negative, 1);
        leave_unless(acc, &less, terms[i].s->even);
    }
}

/* The four commitments of each of up to eight proofs, as `branches` gives them for one. */
IN_LANES void branches8(point *out, size_t n, const comb *g, const comb *y, const point *alpha, const point *beta,
                        size_t step, const uint8_t *s, const uint8_t *shifts) {
    cached8 entry[OWN], base;
    point8 at;
    number8 of[4], shift[2];
    for (size_t k = 0; k < 4; k++) of[k] = numbers(s + 32 * k, 128, n);
    for (size_t k = 0; k < 2; k++) shift[k] = shifts ? numbers(shifts + 32 * k, 64, n) : of[2];
    for (size_t part = 0; part < 2; part++) { /* alpha with g, then beta with y */
        into_lanes(&at, part ? beta : alpha, step, n);
        own_comb(entry, &base, &at);
        for (size_t k = 0; k < 2; k++) {
            const term terms[2] = {{part ? y : g, &of[2 * k + 1], 0}, {g, &shift[k], ALL_LANES}};
            walk(&at, entry, &base, &of[2 * k], terms, part && (k || shifts) ? 2 : 1);
            out_of_lanes(&out[2 * k + part], 4, n, &at);
        }
    }
}

/* s0·base + s1·p for each of up to eight pairs; the base that `common` is of, where there is one. */
IN_LANES void pairs8(point *out, size_t n, const comb *common, const point *base, const point *p, const uint8_t *s) {
    cached8 entry[OWN], one, sum;
    point8 at, other;
    number8 of[2] = {numbers(s, 64, n), numbers(s + 32, 64, n)};
    const term terms[1] = {{common, &of[0], 0}};
    into_lanes(&at, p, 1, n);
    own_comb(entry, &one, &at);
    walk(&at, entry, &one, &of[1], terms, common != 0);
    if (!common) {
        into_lanes(&other, base, 1, n);
        own_comb(entry, &one, &other);
        walk(&other, entry, &one, &of[0], terms, 0);
        to_cached8(&sum, &other);
        plus8(&at, &at, &sum, 0, 1);
    }
    out_of_lanes(out, 1, n, &at);
}

_Static_assert(TEETH * COLUMNS > 253 && LONG_TEETH * LONG_COLUMNS > 253 && LONG_COLUMNS <= COLUMNS, "all places");
_Static_assert(COMMON + 1 <= WINDOWS * HALF, "the room of a table is enough");

/* Make the comb of a base that comes often; `room` holds COMMON + 1 points and as many field elements. */
static void make_comb(comb *out, const point *base, void *room) {
    point *all = (point *)room, at = *base, sum;
    fe *products = (fe *)(all + COMMON + 1);
    cached once[LONG_TEETH - 1], doubled[LONG_TEETH - 1];
    int number = 0;
    for (int t = 0; t < LONG_TEETH - 1; t++) {
        to_cached(&once[t], &at);
        for (int k = 0; k < LONG_COLUMNS; k++) {
            twice(&at, &at, 1);
            if (k == 0) to_cached(&doubled[t], &at);
        }
    }
    sum = at;
    for (int t = 0; t < LONG_TEETH - 1; t++) plus(&sum, &sum, &once[t], 1);
    all[0] = sum;
    for (int i = 1; i < COMMON; i++) {
        int t = __builtin_ctz((unsigned)i);
        number ^= 1 << t;
        plus(&sum, &sum, &doubled[t], !(number >> t & 1));
        all[number] = sum;
    }
    all[COMMON] = *base;
    normalise(all, COMMON + 1, products);
    for (int i = 0; i < COMMON; i++) to_niels(&out->of[i], &all[i]);
    to_niels(&out->base, &all[COMMON]);
}
