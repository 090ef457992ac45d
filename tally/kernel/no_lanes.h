/* Where there are no lanes of 52 bits: the names, so that what Python calls reads the same everywhere.
 *
 * Here lives nothing that is ever called: `ptn_best` answers 0 here, and lanes are asked for only above that.
 */

#define LANES 8

typedef struct { char none; } comb;

static size_t decode8(point *out, const uint8_t *in, size_t n) { return (void)out, (void)in, n - n; }
static size_t members8(const point *p, size_t n) { return (void)p, n - n; }

static int members_by_chance8(size_t n, const point *p, const uint8_t *chance) {
    return (void)n, (void)p, (void)chance, 0;
}

static void make_comb(comb *out, const point *base, void *room) { (void)out, (void)base, (void)room; }

static void branches8(point *out, size_t n, const comb *g, const comb *y, const point *alpha, const point *beta,
                      size_t step, const uint8_t *s, const uint8_t *shifts) {
    (void)out, (void)n, (void)g, (void)y, (void)alpha, (void)beta, (void)step, (void)s, (void)shifts;
}

static void pairs8(point *out, size_t n, const comb *common, const point *base, const point *p, const uint8_t *s) {
    (void)out, (void)n, (void)common, (void)base, (void)p, (void)s;
}

static void columns8(point *out, size_t n, size_t rows, size_t step, const point *p) {
    (void)out, (void)n, (void)rows, (void)step, (void)p;
}
