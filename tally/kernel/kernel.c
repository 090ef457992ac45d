/* Public-data arithmetic on Edwards25519: decoding, membership, and the commitments of 0/1 proofs, many at a time.
 *
 * Here lives what Python calls; the parts are in the headers. Never here, nor there: a secret; the formulas are of
 * variable time, and time and memory access tell all that passes through. Points are in extended coordinates (Hisil,
 * Wong, Carter, Dawson 2008, a = -1), scalars 32 bytes little-endian below the group's order. No memory is allocated,
 * nothing is kept between calls. `level` says what to compute with: 0 is plain C, 1 the lanes of AVX-512 IFMA, which
 * must not be asked for where `ptn_best` is 0. Both give the same bytes.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#include "field.h"
#include "points.h"
#include "exponents.h"
#include "members.h"
#if defined(__x86_64__)
#include "processor.h"
#include "lanes_field.h"
#include "lanes_points.h"
#include "lanes_exponents.h"
#include "lanes_decode.h"
#include "lanes_members.h"
#else
#include "no_lanes.h"
static int has_lanes(void) { return 0; }
#endif

typedef struct { table windows; comb teeth; } tables; /* of a base that comes often */

EXPORT size_t ptn_abi(void) { return 4; }
EXPORT int ptn_best(void) { return has_lanes(); }
EXPORT size_t ptn_size_of_element(void) { return sizeof(fe); }
EXPORT size_t ptn_size_of_point(void) { return sizeof(point); }
EXPORT size_t ptn_size_of_table(void) { return sizeof(tables); }
EXPORT size_t ptn_room_of_table(void) { return (sizeof(point) + sizeof(fe)) * WINDOWS * HALF; }

static size_t some(size_t left) { return left < LANES ? left : LANES; }

/* Decode n encodings of 32 bytes; returns how many were good before the first bad one. */
EXPORT size_t ptn_decode(int level, size_t n, const uint8_t *in, point *out) {
    for (size_t i = 0, good; i < n; i += good) {
        good = level ? decode8(&out[i], in + 32 * i, some(n - i)) : (size_t)decode(&out[i], in + 32 * i);
        if (good < (level ? some(n - i) : 1)) return i + good;
    }
    return n;
}

/* Encode n points; `room` holds n field elements. */
EXPORT void ptn_encode(size_t n, const point *p, void *room, uint8_t *out) { encode_all(out, p, n, (fe *)room); }

/* Test n points, each by itself; returns how many lie in the subgroup before the first that does not. */
EXPORT size_t ptn_members(int level, size_t n, const point *p) {
    for (size_t i = 0, good; i < n; i += good) {
        good = level ? members8(&p[i], some(n - i)) : (size_t)in_subgroup(&p[i]);
        if (good < (level ? some(n - i) : 1)) return i + good;
    }
    return n;
}

/* Test n points together (members.h); `chance` has 16 bytes a point, from the operating system. */
EXPORT int ptn_members_by_chance(int level, size_t n, const point *p, const uint8_t *chance) {
    return level ? members_by_chance8(n, p, chance) : members_by_chance(n, p, chance);
}

/* Make the table of a base that comes often; `room` is as large as ptn_room_of_table says. */
EXPORT void ptn_table(int level, const point *base, tables *out, void *room) {
    make_table(&out->windows, base, room);
    if (level) make_comb(&out->teeth, base, room);
}

/* The commitments of n proofs, four each: alpha and beta of each stand `step` points after the last ones. */
static void commit(int level, size_t n, const tables *g, const tables *y, const point *alpha, const point *beta,
                   size_t step, const uint8_t *scalars, const uint8_t *shifts, point *out) {
    for (size_t i = 0, many; i < n; i += many) {
        const uint8_t *s = scalars + 128 * i, *shift = shifts ? shifts + 64 * i : 0;
        many = level && n - i > 1 ? some(n - i) : 1; /* one alone is as fast without lanes */
        if (many > 1)
            branches8(&out[4 * i], many, &g->teeth, &y->teeth, &alpha[step * i], &beta[step * i], step, s, shift);
        else
            branches(&out[4 * i], &g->windows, &y->windows, &alpha[step * i], &beta[step * i], s, shift);
    }
}

static int are_reduced(size_t n, const uint8_t *scalars) {
    while (n--)
        if (!is_reduced(scalars + 32 * n)) return 0;
    return 1;
}

/* For each of n proofs that (alpha, beta) encrypts `low` or `low` + 1, with scalars c0 r0 c1 r1 in a row:
 * g^r0 alpha^c0, y^r0 (beta/g^low)^c0, g^r1 alpha^c1, y^r1 (beta/g^(low+1))^c1. `shifts` are low·c0 and (low+1)·c1.
 * Returns whether all scalars are below the order; if not, nothing is computed. */
EXPORT int ptn_commitments(int level, size_t n, const tables *g, const tables *y, const point *alpha,
                            const point *beta, const uint8_t *scalars, const uint8_t *shifts, point *out) {
    if (!are_reduced(4 * n, scalars) || !are_reduced(2 * n, shifts)) return 0;
    commit(level, n, g, y, alpha, beta, 1, scalars, shifts, out);
    return 1;
}

#define CLAIMS 32 /* whose results are encoded together: their room is on the stack */

/* The same for pairs (alpha, beta) in a row and low = 0, as the text that is hashed: 64 hex digits each, highest
 * first, with commas, and a newline. */
EXPORT int ptn_branch_texts(int level, size_t n, const tables *g, const tables *y, const point *pairs,
                            const uint8_t *scalars, uint8_t *out) {
    static const char hex[] = "0123456789abcdef";
    point of[4 * CLAIMS];
    fe room[4 * CLAIMS];
    uint8_t raw[32 * 4 * CLAIMS];
    if (!are_reduced(4 * n, scalars)) return 0;
    for (size_t start = 0; start < n; start += CLAIMS) {
        size_t many = n - start < CLAIMS ? n - start : CLAIMS;
        commit(level, many, g, y, &pairs[2 * start], &pairs[2 * start + 1], 2, scalars + 128 * start, 0, of);
        encode_all(raw, of, 4 * many, room);
        for (size_t i = 0; i < 4 * many; i++) {
            for (size_t k = 32; k-- > 0;) {
                *out++ = (uint8_t)hex[raw[32 * i + k] >> 4];
                *out++ = (uint8_t)hex[raw[32 * i + k] & 15];
            }
            *out++ = i % 4 == 3 ? '\n' : ',';
        }
    }
    return 1;
}

/* out[i] = s0·base + s1·p for pairs of scalars: a signature, a share. All have the base of `common` where that is
 * given, and else each the one in `base`. */
EXPORT int ptn_pairs(int level, size_t n, const tables *common, const point *base, const point *p,
                     const uint8_t *scalars, point *out) {
    if (!are_reduced(2 * n, scalars)) return 0;
    for (size_t i = 0, many; i < n; i += many) {
        many = level && n - i > 1 ? some(n - i) : 1;
        if (many > 1)
            pairs8(&out[i], many, common ? &common->teeth : 0, base ? &base[i] : 0, &p[i], scalars + 64 * i);
        else
            pair(&out[i], common ? &common->windows : 0, base ? &base[i] : 0, &p[i], scalars + 64 * i);
    }
    return 1;
}

/* out[i] = the product of the next sizes[i] points. */
EXPORT void ptn_products(size_t n, const size_t *sizes, const point *p, point *out) {
    for (size_t i = 0; i < n; i++) {
        out[i] = NEUTRAL;
        for (size_t j = 0; j < sizes[i]; j++) plus_point(&out[i], &out[i], p++);
    }
}

/* out[2i], out[2i + 1] = the products of the first and of the second parts of the next sizes[i] pairs. */
EXPORT void ptn_sums(size_t n, const size_t *sizes, const point *p, point *out) {
    for (size_t i = 0; i < n; i++, out += 2) {
        out[0] = out[1] = NEUTRAL;
        for (size_t j = 0; j < sizes[i]; j++, p += 2) {
            plus_point(&out[0], &out[0], &p[0]);
            plus_point(&out[1], &out[1], &p[1]);
        }
    }
}

/* out[c] = the product of what stands in column c of so many rows of `width` points. */
EXPORT void ptn_columns(int level, size_t rows, size_t width, const point *p, point *out) {
    for (size_t c = 0, many; c < width; c += many) {
        many = level && width - c > 1 ? some(width - c) : 1;
        if (many > 1) {
            columns8(&out[c], many, rows, width, &p[c]);
            continue;
        }
        out[c] = NEUTRAL;
        for (size_t r = 0; r < rows; r++) plus_point(&out[c], &out[c], &p[r * width + c]);
    }
}
