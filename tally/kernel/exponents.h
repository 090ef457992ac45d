/* Multiples of points, with one lane: where there is nothing better, and for what comes in ones and twos.
 *
 * Here live digits, the tables of bases that come often, and Yao's method for those that come once. Never here: a
 * secret; time and memory access tell the digits.
 */

#define WINDOW 8 /* bits a digit, of fixed bases: with signs, half of 2^8 multiples a place */
#define WINDOWS ((253 + WINDOW) / WINDOW)
#define HALF (1 << (WINDOW - 1))
#define WIDTH 5 /* of the odd digits of bases that come once */
#define BUCKETS (1 << (WIDTH - 2))
#define PLACES 256

typedef struct { niels of[WINDOWS][HALF]; } table;

static int is_reduced(const uint8_t s[32]) { /* whether it is below the order, which all below takes for granted */
    static const uint64_t order[4] = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000};
    for (int i = 3; i >= 0; i--) {
        uint64_t w = load64(s + 8 * i);
        if (w != order[i]) return w < order[i];
    }
    return 0;
}

/* acc += s·base, or -= */
static void times_fixed(point *acc, const table *base, const uint8_t s[32], int negative) {
    int carry = 0; /* digits are at most half of 2^8, so what is above that is taken from the next place */
    for (int i = 0; i < WINDOWS; i++) {
        int digit = (i < 32 ? s[i] : 0) + carry;
        carry = digit > HALF;
        if (carry) digit -= 2 * HALF;
        if (digit) plus_niels(acc, acc, &base->of[i][(digit < 0 ? -digit : digit) - 1], (digit < 0) != negative);
    }
}

/* Write s as a sum of odd digits between -15 and 15, any two of them at least WIDTH places apart; s is below 2^253, so
 * that the last digit, which may carry, stands before place 255. */
static void odd_digits(int8_t out[PLACES], const uint8_t s[32]) {
    uint64_t w[5] = {load64(s), load64(s + 8), load64(s + 16), load64(s + 24), 0};
    unsigned carry = 0;
    memset(out, 0, PLACES);
    for (unsigned at = 0; at < PLACES;) {
        uint64_t bits = w[at / 64] >> (at % 64);
        if (at % 64 > 64 - WIDTH) bits |= w[at / 64 + 1] << (64 - at % 64);
        if ((bits & 1) == carry) { /* a zero, or a one that a carry makes one */
            at++;
            continue;
        }
        int digit = (int)(bits & ((1 << WIDTH) - 1)) + (int)carry;
        carry = digit >> (WIDTH - 1) & 1;
        out[at] = (int8_t)(digit - (int)(carry << WIDTH));
        at += WIDTH;
    }
}

typedef struct {
    point of[BUCKETS];
    uint8_t used[BUCKETS];
} buckets;

static void put(buckets *b, int digit, const point *p, const cached *c) {
    int place = (digit < 0 ? -digit : digit) / 2;
    point *to = &b->of[place];
    if (b->used[place]) {
        plus(to, to, c, digit < 0);
        return;
    }
    b->used[place] = 1;
    *to = *p;
    if (digit < 0) {
        sub(&to->X, &ZERO, &p->X);
        mul(&to->X, &to->X, &ONE);
        sub(&to->T, &ZERO, &p->T);
        mul(&to->T, &to->T, &ONE);
    }
}

/* acc += Σ (2j + 1)·bucket[j]: twice the sum of the sums from above without the last, and that last one. */
static void gather(point *acc, const buckets *b) {
    point running = NEUTRAL, sum = NEUTRAL;
    int begun = 0;
    for (int j = BUCKETS - 1; j > 0; j--) {
        if (b->used[j]) {
            if (begun++) plus_point(&running, &running, &b->of[j]);
            else running = b->of[j];
        }
        if (begun == 1 && b->used[j]) sum = running;
        else if (begun) plus_point(&sum, &sum, &running);
    }
    if (begun) {
        twice(&sum, &sum, 1);
        plus_point(acc, acc, &sum);
        plus_point(acc, acc, &running);
    }
    if (b->used[0]) plus_point(acc, acc, &b->of[0]);
}

/* acc0 += s0·p and acc1 += s1·p, so that both share the doublings of p. */
static void times_both(point *acc0, point *acc1, const point *p, const uint8_t s0[32], const uint8_t s1[32]) {
    int8_t d[2][PLACES];
    buckets b[2];
    point at = *p;
    cached c;
    int last = PLACES - 1;
    memset(b[0].used, 0, sizeof b[0].used);
    memset(b[1].used, 0, sizeof b[1].used);
    odd_digits(d[0], s0);
    odd_digits(d[1], s1);
    while (last >= 0 && !(d[0][last] | d[1][last])) last--;
    for (int i = 0; i <= last; i++) {
        if (i) twice(&at, &at, d[0][i] | d[1][i]);
        if (!(d[0][i] | d[1][i])) continue;
        to_cached(&c, &at);
        for (int w = 0; w < 2; w++)
            if (d[w][i]) put(&b[w], d[w][i], &at, &c);
    }
    gather(acc0, &b[0]);
    gather(acc1, &b[1]);
}

/* Make the table of a base that comes often; `room` holds WINDOWS · HALF points and as many field elements. */
static void make_table(table *out, const point *base, void *room) {
    point *all = (point *)room, at = *base;
    fe *products = (fe *)(all + WINDOWS * HALF);
    for (int i = 0; i < WINDOWS; i++) {
        cached c;
        to_cached(&c, &at);
        all[i * HALF] = at;
        for (int j = 1; j < HALF; j++) plus(&all[i * HALF + j], &all[i * HALF + j - 1], &c, 0);
        for (int k = 0; k < WINDOW; k++) twice(&at, &at, k == WINDOW - 1);
    }
    normalise(all, WINDOWS * HALF, products);
    for (int i = 0; i < WINDOWS * HALF; i++) to_niels(&out->of[i / HALF][i % HALF], &all[i]);
}

/* The four commitments of one proof that a pair encrypts one of two numbers; `shifts` are those numbers times the
 * challenges, and without them the numbers are 0 and 1. */
static void branches(point of[4], const table *g, const table *y, const point *alpha, const point *beta,
                     const uint8_t *s, const uint8_t *shifts) {
    for (int k = 0; k < 4; k++) of[k] = NEUTRAL;
    times_fixed(&of[0], g, s + 32, 0);
    times_fixed(&of[1], y, s + 32, 0);
    times_fixed(&of[2], g, s + 96, 0);
    times_fixed(&of[3], y, s + 96, 0);
    if (shifts) times_fixed(&of[1], g, shifts, 1);
    times_fixed(&of[3], g, shifts ? shifts + 32 : s + 64, 1);
    times_both(&of[0], &of[2], alpha, s, s + 64);
    times_both(&of[1], &of[3], beta, s, s + 64);
}

/* s0·base + s1·p, the base being that of `common` where it is given. */
static void pair(point *r, const table *common, const point *base, const point *p, const uint8_t s[64]) {
    static const uint8_t none[32] = {0};
    point waste = NEUTRAL;
    *r = NEUTRAL;
    if (common) times_fixed(r, common, s, 0);
    else times_both(r, &waste, base, s, none);
    times_both(r, &waste, p, s + 32, none);
}
