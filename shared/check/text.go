package check

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"bothends/shared/console"
	"bothends/shared/script"
)

// A Reveal is how much of a failure a report tells.
type Reveal string

const (
	Full   Reveal = "full"   // all of it
	Actual Reveal = "actual" // what came, and not what was wanted
	None   Reveal = "none"   // which promise was broken
)

// Text writes the report for people.
func (r *Report) Text(w io.Writer, reveal Reveal) {
	role := ""
	for _, p := range r.Phases {
		if p.Role != role {
			if role != "" {
				fmt.Fprintln(w)
			}
			role = p.Role
			fmt.Fprintf(w, "%s, the %s: %s\n", r.Title, role, r.Commands[role])
		}
		if p.Status == NotRun {
			continue
		}
		fmt.Fprintf(w, "  %-4s  %s\n", p.Status, p.Name)
		if p.Status == Failed && reveal != None {
			fmt.Fprint(w, "\n", r.explain(p, reveal))
		}
	}
	left := 0
	for _, p := range r.Phases {
		if p.Status == NotRun {
			left++
		}
	}
	switch {
	case r.Failed() == nil:
		fmt.Fprintf(w, "\nAll %d promises kept.\n", len(r.Phases))
	case left == 1:
		fmt.Fprint(w, "\nThe last one was not tried.\n")
	case left > 1:
		fmt.Fprintf(w, "\nThe other %d were not tried.\n", left)
	}
}

// explain says all about the phase that failed.
func (r *Report) explain(p Phase, reveal Reveal) string {
	var b strings.Builder
	f := *p.Failure
	switch {
	case f.SentText != "":
		b.WriteString(lines("    sent    ", f.SentText))
	case f.Sent != nil:
		fmt.Fprintf(&b, "    sent    %s\n", quote(f.Sent))
	}
	if f.WantText != "" && f.Kind == script.Differs {
		if reveal == Full {
			b.WriteString(lines("    wanted  ", f.WantText))
		}
		text := f.CameText
		if text == "" && len(f.Came) > 0 {
			text = strings.TrimSuffix(rows(f.Came), "\n")
		} else if text == "" {
			text = came(f)
		}
		b.WriteString(lines("    came    ", text) + "\n")
	} else if f.Kind == script.Differs {
		if reveal == Full && f.Want != nil {
			an := ""
			if !f.Clock.IsZero() {
				an = "the time, such as "
			}
			fmt.Fprintf(&b, "    wanted  %s%s\n", an, quote(f.Want))
		}
		fmt.Fprintf(&b, "    came    %s\n", came(f))
		if reveal == Full && f.Clock.IsZero() && (len(f.Came) > 0 || f.Err == nil) {
			b.WriteString("\n" + indent(dump(f.Want, f.Came), "    "))
		}
		b.WriteByte('\n')
	} else if len(f.Came) > 0 {
		fmt.Fprintf(&b, "    came    %s\n\n", quote(f.Came))
	} else if f.Sent != nil {
		b.WriteByte('\n')
	}
	if why := Cause(f); why != "" && (reveal == Full || f.Kind != script.Differs) {
		b.WriteString(wrap(why, "  Why   "))
	}
	printed := program(f)
	died := f.Kind == script.NoLine && lastWords(printed) != "" // what it said itself helps more
	if reveal == Full && p.Hint != "" && !died {
		b.WriteString(wrap(p.Hint, "  Hint  "))
	}
	if p.See != "" && !died {
		b.WriteString(wrap(fmt.Sprintf("“%s” in %s", p.See, r.Page), "  See   "))
	}
	how := "still ran"
	if printed.Ended {
		how = "has ended: " + printed.State
	}
	text := strings.TrimSuffix(strings.TrimSuffix(printed.Text, printed.State+"\n"), "\n")
	switch {
	case f.Kind == script.NotStarted:
	case text == "":
		fmt.Fprintf(&b, "\n  The %s printed nothing (%s).\n", p.Role, how)
	default:
		fmt.Fprintf(&b, "\n  The %s printed (%s):\n%s", p.Role, how, indent(tail(text), "    "))
	}
	return b.String()
}

// came says what came: bytes, and what came after them.
func came(f script.Failure) string {
	switch {
	case f.Err == nil:
		return quote(f.Came)
	case len(f.Came) > 0:
		return quote(f.Came) + ", then " + then(f.Err)
	case errors.Is(f.Err, io.EOF), timeout(f.Err):
		return then(f.Err)
	case f.Network == "udp" && program(f).Ended: // refused, or just before that
		return "nothing"
	case f.Network == "udp":
		return "nothing: refused"
	}
	return then(f.Err)
}

// lines shows lines of text, at most 12, behind a label.
func lines(label, text string) string {
	const most = 12
	if all := strings.Split(text, "\n"); len(all) > most {
		text = strings.Join(all[:most-1], "\n") + fmt.Sprintf("\n(%d lines more)", len(all)-most+1)
	}
	return label + strings.ReplaceAll(console.Visible(text), "\n", "\n"+strings.Repeat(" ", len(label))) + "\n"
}

// rows shows bytes in hexadecimal, 16 in a line, and at most 128 of them.
func rows(b []byte) string {
	var s strings.Builder
	for row := range slices.Chunk(b[:min(len(b), 128)], 16) {
		fmt.Fprintf(&s, "% x\n", row)
	}
	if len(b) > 128 {
		fmt.Fprintf(&s, "… (length %d)\n", len(b))
	}
	return s.String()
}

// quote shows bytes as text, at most 64 of them, and how many there are.
func quote(b []byte) string {
	return fmt.Sprintf("%q (length %d)", b[:min(len(b), 64)], len(b))
}

// dump shows two byte strings from near their first difference on, in hex and
// as text, and a caret where they differ.
func dump(want, came []byte) string {
	at := 0
	for at < len(want) && at < len(came) && want[at] == came[at] {
		at++
	}
	from := max(0, at-4)
	row := func(name string, b []byte) string {
		b = b[min(from, len(b)):min(from+16, len(b))]
		return fmt.Sprintf("%s  %-47s  |%s|\n", name, fmt.Sprintf("% x", b), strings.Map(func(r rune) rune {
			if r < ' ' || r > '~' {
				return '.'
			}
			return r
		}, latin(b)))
	}
	caret := strings.Repeat(" ", len("wanted  ")+3*(at-from))
	return row("wanted", want) + row("came  ", came) + caret + fmt.Sprintf("^ byte %d\n", at+1)
}

// latin makes one rune of each byte.
func latin(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}

// tail returns the last lines of what a program printed.
func tail(text string) string {
	const most = 20
	lines := strings.Split(text, "\n")
	if n := len(lines); n > most {
		lines = append([]string{fmt.Sprintf("(%d lines before these)", n-most)}, lines[n-most:]...)
	}
	for i, line := range lines {
		if r := []rune(line); len(r) > 200 {
			lines[i] = string(r[:200]) + fmt.Sprintf("… (%d characters more)", len(r)-200)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func indent(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(by + line)
	}
	return b.String()
}

// wrap breaks text into lines of at most 78 columns behind a label. Spaces are
// kept as they are, for they may be those of what came.
func wrap(text, label string) string {
	var b strings.Builder
	line := label
	for i, word := range strings.Split(strings.ReplaceAll(text, "\n", " "), " ") {
		if n := len([]rune(line)) + 1 + len([]rune(word)); i > 0 && n > 78 {
			b.WriteString(line + "\n")
			line = strings.Repeat(" ", len(label)) + word
			continue
		}
		if i > 0 {
			line += " "
		}
		line += word
	}
	return b.String() + line + "\n"
}
