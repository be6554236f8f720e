// SPDX-License-Identifier: MIT
// date.c - print the date and the time of day, in UTC.
#include "ulib/cmd.h"
#include "user/user.h"

#define DAY (24L * 60 * 60)

static bool
is_leap(long year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static long
days_of_month(int month, long year)
{
    static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month] + (month == 1 && is_leap(year));
}

// Prints a time in seconds since 1970 began.
// Returns   -1 when the output fails.
static int
print_time(long seconds)
{
    static const char weekdays[] = "ThuFriSatSunMonTueWed"; // 1 January 1970 was a Thursday
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    long days = seconds / DAY, left = days, year = 1970, second = seconds % DAY;
    int month = 0;

    while (left >= 365 + is_leap(year))
        left -= 365 + is_leap(year++);
    while (left >= days_of_month(month, year))
        left -= days_of_month(month++, year);
    return printf("%.3s %.3s %2ld %02ld:%02ld:%02ld UTC %ld\n", weekdays + 3 * (days % 7),
                  months + 3 * month, left + 1, second / 3600, second / 60 % 60, second % 60, year);
}

int
main(int argc, char **argv)
{
    long now = walltime();

    (void)argv;
    if (argc > 1)
        usage("date");
    if (now < 0)
        return fail_text("date", "clock", "this machine has none");
    return print_time(now / 1000000000) < 0 ? fail_write("date", errno()) : 0;
}
