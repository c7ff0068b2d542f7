package check

import (
	"fmt"
	"strings"
	"time"

	"bothends/shared/script"
)

// clock says why a line that came is not the time at a place: its form is
// wrong, or the clock.
func clock(f script.Failure, here *time.Location) string {
	line, rest, ended := strings.Cut(string(f.Came), "\n")
	text := strings.TrimRight(line, "\r\x00")
	t, err := time.ParseInLocation(time.ANSIC, text, here)
	switch {
	case err == nil && t.Format(time.ANSIC) != text:
		return "The day of the month has two places: a single digit has a space before it."
	case err != nil && f.Err != nil && len(text) < len(time.ANSIC):
		return fmt.Sprintf("That is not the whole line: after it came %s.", then(f.Err))
	case err != nil:
		return "The form is another one. Wanted are the day of the week, the month, the day, the time and the year, and a newline: 25 bytes."
	case !ended && strings.HasSuffix(line, "\x00"), strings.HasPrefix(rest, "\x00"):
		return "Behind it came a byte 0, the one that ends a string in C. Send as many bytes as the text has, and no more."
	case !ended:
		return "The form is right, but for the end of the line: behind it, a newline (0a) is missing."
	case line != text:
		return "The form is right, but for the end of the line: it is 0d 0a, and was to be 0a alone."
	case rest != "":
		return fmt.Sprintf("More came behind the line: %s.", quote([]byte(rest)))
	}
	return "The form is right, the clock is not. " + off(t, f.Clock, here)
}

// off says what is wrong with a time that was to be now.
func off(t, now time.Time, here *time.Location) string {
	_, zone := now.In(here).Zone()
	d := t.Sub(now).Round(time.Minute)
	direction := "ahead"
	if t.Before(now) {
		direction = "behind"
	}
	switch {
	case zone != 0 && d == -time.Duration(zone)*time.Second:
		return "That is the time in UTC; wanted is the local time."
	case t.Year() <= 1970:
		return "A clock that nobody has asked stands at the beginning of 1970."
	case d.Abs() >= 24*time.Hour:
		return "That is another day. Is it a fixed text?"
	case d.Abs() >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("It is %s %s. Is it the time of another zone, or summer time?", hours(d.Abs()), direction)
	case d != 0:
		return fmt.Sprintf("It is %d minutes %s.", d.Abs()/time.Minute, direction)
	}
	return fmt.Sprintf("It is some seconds %s. Ask the clock for each client, and not before it is there.", direction)
}

func hours(d time.Duration) string {
	if d == time.Hour {
		return "an hour"
	}
	return fmt.Sprintf("%d hours", d/time.Hour)
}
