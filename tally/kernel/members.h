/* Membership of the subgroup: exactly, for one point, and by chance for many.
 *
 * Here live the two tests. Never here: chance; it comes from the caller.
 *
 * The curve's group is cyclic of order 8q, so the subgroup of order q is that of the points that are 8·Q. On the
 * Montgomery curve v² = u³ + A·u² + u with u = (1 + y)/(1 - y), v = c·u/x, c² = -(A + 2) (RFC 7748, 4.1):
 *  - P is 2·Q exactly if u is a square, w²: the points of square u are a subgroup of index two, and there is but one.
 *    Then s = u_Q + 1/u_Q is 2·(u + w·v/u) or 2·(u - w·v/u): s² - 4 is a square for one and none for the other, for
 *    their product is 16·u²·(A² - 4), and A² - 4 is none. u_Q = (s + r)/2 with r² = s² - 4, and v_Q/u_Q = r/(2w).
 *  - Q is 4·R exactly if the reduced Tate pairing with the point of order four, (1, m), m² = A + 2, is 1; that is
 *    (u·(v/u - m)²)^((p-1)/4), and its sign of v does not matter. The halves of P differ by a point of order two, which
 *    is 4·R, so either will do. So P is 8·R exactly if both hold.
 * That is Koshelev's test (2022, Subgroup membership testing via the Tate pairing) after Pornin's halving (2022,
 * ePrint 2022/1164): three powers of 252 squares, a third of the work of multiplying by q, with which
 * tests/tally/test_kernel_members.py compares it. Denominators are left out, by fourth powers and squares. x = 0 is
 * answered apart; only there could Q be one of the four points at which the pairing's function has no value or is 0. */

/* c and m of above */
static const fe C = {{0x604aaff457e06, 0x2296fa350598d, 0x7f13dfb16874f, 0x35de93d846e01, 0x0f26edf460a00}};
static const fe M = {{0x5b7106377bbd8, 0x71af6ad9382cb, 0x02d64427297b8, 0x6a81ef02c4294, 0x141b0b6806563}};
/* (A² - 4)^(-(p-5)/8): if a² - b² has no root, its power times this is 1/k, up to a root of 1, for (A² - 4)·k² */
static const fe H = {{0x374105eb49c67, 0x4274b2f267fe8, 0x3f166de60e579, 0x2078c19f0b198, 0x0680fe74c4f11}};

static int equal(const fe *a, const fe *b) { /* b tidy */
    fe t;
    sub(&t, a, b);
    return is_zero(&t);
}

/* Whether `a`, tidy, is a square; its root, then, in r. `power` is a^((p-5)/8). */
static int root(fe *r, const fe *a, fe *power) {
    fe check, minus;
    to_root(power, a);
    mul(r, power, a);
    square(&check, r);
    if (equal(&check, a)) return 1;
    mul(r, r, &ROOT);
    sub(&minus, &ZERO, a);
    return equal(&minus, &check);
}

static void distance(fe *r, const fe *a, const fe *b) { /* a² - b², tidy */
    fe t;
    square(&t, b);
    square(r, a);
    sub(r, r, &t);
    mul(r, r, &ONE);
}

static int in_subgroup(const point *p) {
    fe above, below, n, w, t, u, s, x_below, eta, r, f, power;
    if (is_zero(&p->X)) return is_neutral(p);
    add(&above, &p->Z, &p->Y);
    sub(&below, &p->Z, &p->Y);
    mul(&n, &above, &below);
    if (!root(&w, &n, &power)) return 0; /* of u·(Z - Y)² */
    mul(&t, &above, &p->X);
    mul(&u, &p->Z, &w);
    mul(&u, &u, &C);
    mul(&x_below, &below, &p->X);
    add(&s, &t, &u);
    distance(&eta, &s, &x_below);
    if (!root(&r, &eta, &power)) {
        sub(&s, &t, &u);
        distance(&eta, &s, &x_below);
        mul(&r, &power, &H);
        mul(&r, &r, &n);
        square(&t, &p->X);
        mul(&r, &r, &t);
        square(&t, &r);
        if (!equal(&t, &eta)) mul(&r, &r, &ROOT);
        sub(&w, &ZERO, &w);
    }
    mul(&w, &w, &p->X);   /* f = (s + r)·below³x³·((r - m·x·w)·x·w)² */
    mul(&t, &w, &M);
    sub(&t, &r, &t);
    mul(&t, &t, &w);
    square(&f, &t);
    add(&t, &s, &r);
    mul(&f, &f, &t);
    square(&t, &x_below);
    mul(&t, &t, &x_below);
    mul(&f, &f, &t);
    to_root(&power, &f);
    square(&power, &power);
    mul(&f, &f, &power); /* f^((p-1)/4) */
    return equal(&f, &ONE);
}

#define ROUNDS 128
#define BLOCK 6

/* Whether `ROUNDS` sums over random subsets of n points lie in the subgroup; `chance` has 16 bytes a point, from the
 * operating system. A sum leaves out a component of small order with probability 1/2 at most, so one passes by 2^-128. */
static int members_by_chance(size_t n, const point *p, const uint8_t *chance) {
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
