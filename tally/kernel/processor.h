/* Whether this processor and this system have eight lanes of 52 bits.
 *
 * Here lives the question. Never here: an instruction that not every x86-64 has; `xgetbv` is asked for only where the
 * processor says that the system has switched it on.
 */
#include <cpuid.h>

static int has_lanes(void) {
    const unsigned wanted = 1u << 16 | 1u << 17 | 1u << 21 | 1u << 31; /* AVX-512 F, DQ, IFMA, VL */
    unsigned a, b, c, d, low, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 27 & 1)) return 0; /* OSXSAVE */
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (b & wanted) != wanted) return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 0xe6) == 0xe6; /* the system keeps XMM, YMM, masks and both halves of ZMM */
}
