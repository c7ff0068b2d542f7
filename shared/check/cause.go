package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bothends/shared/lesson"
	"bothends/shared/script"
)

// Cause says in plain words what a failure comes of, as far as that can be told
// from outside, or "".
func Cause(f script.Failure) string {
	p := program(f)
	if f.Why != "" {
		return f.Why + lastWords(p)
	}
	switch f.Kind {
	case script.NotStarted:
		return fmt.Sprintf("It could not be started: %v.", f.Err)
	case script.NoLine:
		return noLine(f, p)
	case script.Refused:
		return refused(f, p)
	case script.NoClient:
		did, done := "never connected", "not connected"
		if f.Network == "udp" {
			did, done = "sent no datagram", "sent no datagram"
		}
		if p.Ended {
			return "It ended " + how(p) + " and " + did + " to " + place(f) + "." + lastWords(p)
		}
		return "It has " + done + " to " + place(f) + "."
	case script.Differs:
		return differs(f, p)
	case script.NoEnd:
		switch {
		case len(f.Came) > 0 && onlyNewline(f.Came) && len(f.Earlier) > 0 && bytes.HasSuffix(f.Earlier[len(f.Earlier)-1], []byte("\n")):
			return oneTooMany
		case len(f.Came) > 0 && onlyNewline(f.Came):
			return "After the last byte that was wanted came " + newline(f.Came) + "."
		case len(f.Came) > 0:
			return "More came, where the stream was to end."
		case timeout(f.Err):
			return fmt.Sprintf("It keeps the connection open: for %s, the end of the stream did not come. Close the connection.", seconds(f.Took))
		}
		if roleOf(f) == "client" && f.Sent != nil {
			return "It hung up before it had read what came, and that breaks the connection off. Read on, up to the end."
		}
		return "The connection was broken off, not closed." + unread
	case script.NotSilent:
		if errors.Is(f.Err, io.EOF) {
			return "It closed the connection, which was to stay open." + lastWords(p)
		}
		if f.Err != nil {
			return ended(f, p)
		}
		if f.Sent == nil && roleOf(f) != "client" && f.Network == "tcp" && len(f.Earlier) == 0 {
			return fmt.Sprintf("It sent %s before anybody had said a word to it.", quote(f.Came))
		}
		return fmt.Sprintf("It sent %s, though nothing was to come.", quote(f.Came))
	case script.StillThere:
		if f.Listens {
			return fmt.Sprintf("It was to end by itself, and it still listens at %s. Does it wait for another client, or for more from the last one?", f.Addr)
		}
		return fmt.Sprintf("It was to end by itself, and after %s it still ran.", seconds(f.Took))
	case script.BadEnd:
		return badEnd(p)
	case script.GoodEnd:
		return "It ended with exit status 0, which says that all went well."
	case script.Steers:
		return "It printed control characters as they came from the network. Whoever sends them could steer your terminal: print what comes quoted."
	}
	return ended(f, p)
}

const unread = " A program that closes with bytes unread breaks off what it had sent: read first."

const oneTooMany = "One end of a line too many."

// roleOf returns client for client@anna.
func roleOf(f script.Failure) string {
	role, _, _ := strings.Cut(f.Name, "@")
	return role
}

// program returns what the failing program had printed.
func program(f script.Failure) script.Printed {
	for _, p := range f.Programs {
		if p.Name == f.Name {
			return p
		}
	}
	return script.Printed{Name: f.Name}
}

func noLine(f script.Failure, p script.Printed) string {
	switch {
	case taken.MatchString(p.Text):
		return fmt.Sprintf("It says that another program has an address that it wants. What it was given, %s, was free a moment ago. Does your program open one twice?", f.Addr)
	case errors.Is(f.Err, lesson.ErrEnded) && strings.Contains(p.Text, "\n"):
		return "It ended " + how(p) + ", and nobody listens." + lastWords(p)
	case errors.Is(f.Err, lesson.ErrEnded):
		return "It ended " + how(p) + " before it had printed a line." + lastWords(p)
	case p.Text != "":
		return fmt.Sprintf("What it printed is no line yet: the end of the line is missing. After %s, nothing more had come.", seconds(f.Took))
	case f.Listens:
		return fmt.Sprintf("It listens at %s, and for %s no line of it has come. Print a line when you listen, and flush it: most languages keep what a program prints until there is much of it, unless a terminal shows it.", f.Addr, seconds(f.Took))
	}
	return fmt.Sprintf("For %s it printed nothing, and nobody listens at %s. Print a line when you listen, and flush it.", seconds(f.Took), f.Addr)
}

var taken = regexp.MustCompile(`(?i)address already in use|EADDRINUSE|only one usage of each socket address`)

func refused(f script.Failure, p script.Printed) string {
	if !errors.Is(f.Err, context.DeadlineExceeded) && !timeout(f.Err) {
		if p.Ended {
			return "Nobody listens at " + f.Addr + ": it has ended " + how(p) + "." + lastWords(p) + loop(f, p)
		}
		if f.Reached {
			return "Nobody listens at " + f.Addr + " any more. Keep the listening socket open, and accept the next client."
		}
		if f.Over != "" {
			return fmt.Sprintf("Nobody listens at %s over %s, where it answers over %s. Listen at the same port over both.", f.Addr, strings.ToUpper(f.Network), strings.ToUpper(f.Over))
		}
		return "Nobody listens at " + place(f) + "." + elsewhere(f, p)
	}
	return fmt.Sprintf("No connection to %s within %s.", f.Addr, seconds(f.Took))
}

// place says where the program was to be.
func place(f script.Failure) string {
	if n := above(f); n != 0 {
		return fmt.Sprintf("%s, %d above the address that it was given", f.Addr, n)
	}
	return f.Addr + ", the address that it was given"
}

// above returns how far the port of a failure is from the one that the program
// was given.
func above(f script.Failure) int {
	_, at, _ := net.SplitHostPort(f.Addr)
	_, given, _ := net.SplitHostPort(f.Given)
	n, err1 := strconv.Atoi(at)
	base, err2 := strconv.Atoi(given)
	if err1 != nil || err2 != nil {
		return 0
	}
	return n - base
}

// loop says what is missing in a server that has ended in peace.
func loop(f script.Failure, p script.Printed) string {
	if f.Reached && f.Network == "tcp" && p.State == "exit status 0" {
		return " It served one client. Accept the next one when the last has gone, in a loop."
	}
	return ""
}

var announced = regexp.MustCompile(`\b(?:\d{1,3}(?:\.\d{1,3}){3}|localhost|\[::1?\]):(\d{2,5})\b|(?i:port)\D{0,3}(\d{2,5})\b`)

// elsewhere points out another port that the program has printed.
func elsewhere(f script.Failure, p script.Printed) string {
	if n := above(f); n != 0 { // what it printed may well be others of its ports
		return fmt.Sprintf(" Does it take the address from its arguments, add %d to the port, and use the right protocol, %s?", n, strings.ToUpper(f.Network))
	}
	port := f.Addr[strings.LastIndexByte(f.Addr, ':')+1:]
	for _, m := range announced.FindAllStringSubmatch(p.Text, -1) {
		if other := m[1] + m[2]; other != port {
			return fmt.Sprintf(" It speaks of port %s: does it take the address from its arguments (-addr HOST:PORT, or where you write {port})?", other)
		}
	}
	return " Does it take the address from its arguments, and over the right protocol, " + strings.ToUpper(f.Network) + "?"
}

// differs says why bytes that came are not those that were wanted.
func differs(f script.Failure, p script.Printed) string {
	want, came := f.Want, f.Came
	role := roleOf(f)
	switch {
	case f.Err == nil && len(came) < len(want) && bytes.HasPrefix(want, came) && want[len(came)] == 0:
		return fmt.Sprintf("%s to come, a byte 0 among them, and it sent only what stands before that: %s. In C, strlen and all that takes a string stop at a byte 0: say how many bytes there are.", were(len(want)), count(len(came)))
	case len(came) == 0 && f.Err == nil && len(want) > 0:
		return "It sent an empty datagram."
	case len(came) == 0 && f.Err != nil:
		return nothing(f, p)
	case !f.Clock.IsZero():
		return clock(f, time.Local)
	case bytes.HasPrefix(came, want) && bytes.HasSuffix(want, []byte("\n")) && onlyNewline(came[len(want):]):
		return oneTooMany
	case bytes.HasPrefix(came, want) && len(want) > 0 && onlyNewline(came[len(want):]):
		return fmt.Sprintf("Behind %s came %s. %s", quote(want), newline(came[len(want):]), keepsNewline(role))
	case len(f.Earlier) > 0 && len(came) > len(want) && bytes.HasSuffix(came, want) && onlyNewline(came[:len(came)-len(want)]),
		len(f.Earlier) > 0 && onlyNewline(came):
		if last := f.Earlier[len(f.Earlier)-1]; bytes.HasSuffix(last, []byte("\n")) || bytes.HasSuffix(want, []byte("\n")) {
			return fmt.Sprintf("Before it came %s, left over from what it sent before. %s", newline(came), oneTooMany)
		}
		return fmt.Sprintf("Before it came %s, left over from what it sent before. %s", newline(came), keepsNewline(role))
	case len(want) > 0 && bytes.Equal(came, append(bytes.Clone(want), 0)):
		return "Behind it came a byte 0, the one that ends a string in C. Send as many bytes as the text has, and no more."
	case bytes.EqualFold(came, want):
		return "The letters are right; which of them are capitals is not."
	case len(want) > 0 && string(want) == strings.ReplaceAll(string(came), "\n", "\r\n"):
		return "The line ends with one byte, 0a. Here it ends with two: 0d 0a, in most languages \\r\\n."
	case bytes.HasSuffix(want, []byte("\n")) && string(came) == strings.ReplaceAll(string(want), "\n", "\r\n"):
		return "The line ends with two bytes, 0d 0a, in most languages \\r\\n. Here it ends with one: 0a alone."
	case len(came) > 0 && bytes.HasPrefix(want, came) && onlyNewline(want[len(came):]):
		return "The newline at its end is missing. Here it is part of the message: send it, too."
	case len(want) > 0 && bytes.Equal(bytes.TrimSpace(came), bytes.TrimSpace(want)):
		return "There is white space too much, or too little."
	case len(f.Sent) > 0 && bytes.Equal(came, f.Sent):
		return "It sent back what it got."
	case string(came) == fmt.Sprintf("b'%s'", want) || string(came) == fmt.Sprintf("%q", want):
		return "That is how a program shows bytes to people, quotes and all. Send the bytes themselves."
	case bytes.EqualFold(bytes.TrimSpace(came), bytes.TrimSpace(want)):
		return "Capital letters differ, and so does white space."
	case repeats(f) && role == "client":
		return "It sent the same each time."
	case repeats(f):
		return "It sent the same each time. Does the answer depend on what it got?"
	case len(want) > 0 && bytes.HasPrefix(came, want) && f.Network == "tcp" && role == "client":
		return fmt.Sprintf("Behind %s came %s, before anything was answered. If that is the next message: wait for the answer to one before you send the next, for a stream keeps no mark between them.", quote(want), quote(came[len(want):]))
	case len(came) > 0 && bytes.HasPrefix(came, want):
		return fmt.Sprintf("More came than was wanted: %s too much.", count(len(came)-len(want)))
	case bytes.HasPrefix(want, came):
		s := fmt.Sprintf("Of %s, the first %d came", count(len(want)), len(came))
		switch {
		case f.Err == nil:
			return s + ". Is its buffer too small, or its text cut?"
		case timeout(f.Err):
			return s + fmt.Sprintf(", and then nothing for %s.", seconds(f.Took))
		}
		return s + ", and then " + then(f.Err) + "." + lastWords(p)
	}
	return "" // what was wanted and what came say it all
}

// nothing says why nothing came.
func nothing(f script.Failure, p script.Printed) string {
	late, role := f.Late, roleOf(f)
	switch {
	case p.Ended && p.State == "exit status 0" && f.Network == "udp":
		return "It has ended " + how(p) + " without it."
	case p.Ended && !timeout(f.Err) || p.Ended && p.State != "exit status 0":
		return ended(f, p)
	case !timeout(f.Err):
		return ended(f, p)
	case len(late) > 0 && f.Sent == nil:
		return fmt.Sprintf("For %s nothing came, and then, when this end said that it would send nothing, %s. Either it is written and not flushed: flush after each message. Or your program waits for something from this end first, and here it is the one to speak.", seconds(f.Took), quote(late))
	case len(late) > 0 && bytes.Equal(late, f.Want) && role == "client":
		return fmt.Sprintf("For %s nothing came, and then, when this end said that it would send no more, all of it. Either it is written and not flushed: flush after each message. Or your program waits for more of what is sent to it before it goes on.", seconds(f.Took))
	case len(late) > 0 && bytes.Equal(late, f.Want):
		s := fmt.Sprintf("For %s nothing came, and then, when this end said that it would send no more, all of it. Either it is written and not flushed: flush after each message. Or your program reads up to the end of ", seconds(f.Took))
		if bytes.HasSuffix(f.Sent, []byte("\n")) {
			return s + "the stream before it answers: here a message ends at the newline."
		}
		return s + "a line, or of the stream, before it answers: one read is enough here."
	case len(late) > 0:
		return fmt.Sprintf("For %s nothing came, and then, when this end said that it would send no more, %s.", seconds(f.Took), quote(late))
	case p.Ended:
		return "It has ended " + how(p) + " without it." + lastWords(p)
	case len(f.Earlier) > 0 && role == "client" && f.Sent == nil:
		return fmt.Sprintf("It has sent something %s, got no answer, and for %s nothing more came.", times(len(f.Earlier)), seconds(f.Took))
	case len(f.Earlier) > 0 && role == "client":
		return fmt.Sprintf("It has sent something %s, and for %s nothing came after that. Does it go on when it has its answer?", times(len(f.Earlier)), seconds(f.Took))
	case len(f.Earlier) > 0:
		return fmt.Sprintf("It has answered %s before, and nothing came for %s after the next. Does it go back to receive?", times(len(f.Earlier)), seconds(f.Took))
	case f.Sent == nil && role == "client":
		return fmt.Sprintf("For %s it sent nothing to %s. Does it send before it receives?", seconds(f.Took), place(f))
	case f.Sent == nil:
		s := fmt.Sprintf("For %s it sent nothing. Here it speaks first.", seconds(f.Took))
		switch {
		case f.Others:
			s += " Does it accept a client while another is there, or has been?"
		case f.Ports > 1:
			s += " Does it wait at another of its ports meanwhile?"
		}
		return s
	case role == "client":
		return fmt.Sprintf("For %s nothing came. Does it go on when it has received what was sent to it?", seconds(f.Took))
	case f.Network == "tcp" && f.Others:
		return fmt.Sprintf("For %s nothing came. Does it accept a client while another is there, or has been?", seconds(f.Took))
	}
	return fmt.Sprintf("For %s nothing came. Did it receive, and did it send to whoever asked?", seconds(f.Took))
}

// ended says what became of a connection, or of the program behind it.
func ended(f script.Failure, p script.Printed) string {
	if p.Ended && f.Others {
		return "It has ended " + how(p) + "." + lastWords(p) + loop(f, p)
	}
	if p.Ended {
		return "It has ended " + how(p) + "." + lastWords(p)
	}
	if f.Network == "udp" {
		return fmt.Sprintf("Nobody receives at %s over UDP: the system refused the datagram.%s", f.Addr, elsewhere(f, p))
	}
	what := "an answer"
	if roleOf(f) == "client" {
		what = "something"
	}
	if errors.Is(f.Err, io.EOF) {
		return "It closed the connection where " + what + " was wanted."
	}
	return "It broke the connection off where " + what + " was wanted." + unread
}

// badEnd says how a program ended that had no reason to end badly.
func badEnd(p script.Printed) string {
	s := "It ended with " + p.State
	if strings.HasPrefix(p.State, "signal:") {
		s = "It was ended by a " + p.State
	}
	return s + ", though nothing had gone wrong." + lastWords(p)
}

// how says how a program ended: "(exit status 1)".
func how(p script.Printed) string { return "(" + p.State + ")" }

// An error of Go or of Node stands above its stack.
var (
	goError = regexp.MustCompile(`^(panic|fatal error): `)
	jsError = regexp.MustCompile(`^\w*Error\b`)
)

// lastWords returns the last line that a program printed when it ended badly. One
// that a signal killed had no time for any, but to say why it aborted.
func lastWords(p script.Printed) string {
	lines := strings.Split(strings.TrimSpace(p.Text), "\n")
	for len(lines) > 0 && (lines[len(lines)-1] == p.State || strings.TrimSpace(lines[len(lines)-1]) == "") {
		lines = lines[:len(lines)-1]
	}
	if !p.Ended || p.State == "exit status 0" || len(lines) == 0 ||
		strings.HasPrefix(p.State, "signal:") && !strings.HasPrefix(p.State, "signal: aborted") {
		return ""
	}
	last, headline := lines[len(lines)-1], goError
	if strings.HasPrefix(last, "Node.js v") {
		headline = jsError
	}
	if i := slices.IndexFunc(lines, headline.MatchString); i >= 0 {
		last = lines[i]
	}
	if len(last) > 200 {
		last = last[:200] + "…"
	}
	return " Its last words: " + strings.TrimSpace(last)
}

// then says what came in place of bytes.
func then(err error) string {
	switch {
	case errors.Is(err, io.EOF):
		return "the end of the stream"
	case timeout(err):
		return "nothing"
	}
	return "the connection broke"
}

func timeout(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

// repeats reports whether what came is what came each time before.
func repeats(f script.Failure) bool {
	other := func(b []byte) bool { return !bytes.Equal(b, f.Came) }
	return len(f.Earlier) > 0 && len(f.Came) > 0 && !slices.ContainsFunc(f.Earlier, other)
}

func onlyNewline(b []byte) bool {
	return string(b) == "\n" || string(b) == "\r\n" || string(b) == "\r"
}

func newline(b []byte) string {
	if bytes.HasPrefix(b, []byte("\r\n")) {
		return "the end of a line (0d 0a)"
	}
	return fmt.Sprintf("the end of a line (%02x)", b[0])
}

func keepsNewline(role string) string {
	if role == "client" {
		return "The line that was typed ends with it: cut it off before you send."
	}
	return "Nothing on this wire ends with one: send the text alone."
}

func count(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// were begins a sentence about bytes that were to come.
func were(n int) string {
	if n == 1 {
		return "1 byte was"
	}
	return fmt.Sprintf("%d bytes were", n)
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// seconds shows how long was waited, in whole seconds where it was that long: a
// little longer than it was to be.
func seconds(d time.Duration) string {
	if d < time.Second {
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Truncate(time.Second).String()
}
