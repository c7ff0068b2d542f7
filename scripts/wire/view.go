package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"bothends/shared/console"
	"bothends/shared/wire"

	"github.com/mattn/go-runewidth"
)

// A view shows what the programs print, and what crosses the wire between them:
// in three columns, or where there is no room for them in one, behind labels.
// Rows come one below the other, and none is shown again but an unfinished one,
// such as a prompt: what comes meanwhile goes above it.
type view struct {
	out io.Writer
	// width is of the terminal, in cells. 0: there is none; rows are as long as
	// they come, and an unfinished one stays where it is.
	width func() int
	hex   bool // show the bytes
	times bool // show when

	titled  bool
	panes   map[string]*pane
	open    *pane         // whose unfinished row the cursor stands behind
	several bool          // clients, or connections
	doors   int           // how many addresses the server has
	last    time.Duration // the latest that was shown
	err     error
}

// A pane is the unfinished line of a program.
type pane struct {
	who string
	row string // what stands in its last row; "" without a terminal
	nth int    // which row of the line that is, from 0
	at  time.Duration
}

const (
	leastColumns = 80 // cells
	gap          = 2  // between columns
	timeCells    = len("123.4567 ")
	mostHex      = 4 << 10 // bytes of a chunk
)

func newView(out io.Writer, width func() int) *view {
	return &view{out: out, width: width, doors: 1, panes: map[string]*pane{}}
}

// A place is where the rows of something stand.
type place struct {
	who   string
	lead  string // stands before each row
	room  int    // cells in a row; 0: any number
	plain bool   // lead has the colour, not the row
}

// columns reports whether there are columns.
func (v *view) columns() bool { return v.width() >= leastColumns }

// place returns the place of a program, or of the wire.
func (v *view) place(who string) place {
	cells := v.width() - 1 // a row that is full may cost another
	if v.times {
		cells -= timeCells
	}
	if v.columns() {
		middle := cells / 4
		side := (cells - middle - 2*gap) / 2
		switch who {
		case "server":
			return place{who: who, room: side}
		case "client":
			return place{who: who, lead: strings.Repeat(" ", side+middle+2*gap), room: side}
		}
		return place{who: who, lead: strings.Repeat(" ", side+gap), room: middle}
	}
	lead := fmt.Sprintf("%6s │ ", who)
	room := 0
	if v.width() > 0 {
		room = max(10, cells-cellsOf(lead))
	}
	return place{who: who, lead: console.Paint(who, lead), room: room, plain: true}
}

// row returns the nth row of something that happened at a time.
func (v *view) row(p place, nth int, text string, at time.Duration) string {
	text = v.leftToRight(text)
	if !p.plain && text != "" {
		text = console.Paint(p.who, text)
	}
	text = p.lead + text
	switch {
	case v.times && nth == 0:
		text = fmt.Sprintf("%*.4f ", timeCells-1, at.Seconds()) + text
	case v.times:
		text = strings.Repeat(" ", timeCells) + text
	}
	return text
}

// when returns the time that a row shows: none is before that of the row above.
// What is drained comes above the event that it is drained for, but later.
func (v *view) when(at time.Duration) time.Duration {
	v.last = max(v.last, at)
	return v.last
}

// print shows text of a program: whole lines, and perhaps part of one.
func (v *view) print(who, text string, at time.Duration) {
	if text == "" {
		return
	}
	p := v.panes[who]
	if p == nil {
		p = &pane{who: who}
		v.panes[who] = p
	}
	var b strings.Builder
	behind := v.open == p && v.width() == 0 // the row has begun
	if !behind {
		v.clear(&b)
	}
	at, nth := v.when(at), 0
	if p.row != "" {
		text, nth, at = p.row+text, p.nth, p.at
	}
	p.row, v.open = "", nil
	place := v.place(who)
	for line := range strings.Lines(text) {
		line, whole := strings.CutSuffix(line, "\n")
		rows := fold(line, place.room, "  ")
		for i, row := range rows {
			if behind {
				b.WriteString(row)
			} else {
				b.WriteString(v.row(place, nth, row, at))
			}
			behind = false
			if whole || i < len(rows)-1 {
				b.WriteByte('\n')
				nth++
			} else if v.open = p; place.room > 0 {
				p.row, p.nth, p.at = row, nth, at
			}
		}
		nth = 0
	}
	v.write(&b)
}

// event shows an event, and its bytes if that is wanted.
func (v *view) event(e wire.Event, at time.Duration) {
	v.several = v.several || e.Conn > 1
	text := e.Text()
	if text == "" {
		return
	}
	text, at = v.leftToRight(text), v.when(at)
	client, server := "", "" // their ports, where there are several
	if v.several || v.doors > 1 {
		_, client, _ = net.SplitHostPort(e.Near.String())
	}
	if v.doors > 1 {
		_, server, _ = net.SplitHostPort(e.Door)
	}
	var b strings.Builder
	v.clear(&b)
	p := v.place("wire")
	var rows []string
	if v.columns() {
		rows = arrow(e, server, client, text, p.room)
	} else {
		from, to := strings.TrimSpace("client "+client), strings.TrimSpace("server "+server)
		if e.From == wire.Server {
			from, to = to, from
		}
		rows = fold(from+" → "+to+"  "+text, p.room, "  ")
	}
	for i, row := range rows {
		b.WriteString(v.row(p, i, row, at) + "\n")
	}
	if v.hex && e.Kind == wire.Data {
		v.dump(&b, e.Data)
	}
	v.write(&b)
}

// arrow draws an arrow of so many cells, with text on it or above it, and ports
// at its ends. The server is left.
func arrow(e wire.Event, server, client, text string, cells int) []string {
	left, right := server, client
	if left != "" {
		left += " "
	}
	if right != "" {
		right = " " + right
	}
	head := ">"
	if e.From == wire.Client {
		head = "<"
	}
	if e.Fate == wire.Dropped {
		head = "x"
	}
	if e.From == wire.Client {
		left += head
	} else {
		right = head + right
	}
	line := func(n int) string { return strings.Repeat("─", max(1, n/cellsOf("─"))) }
	room := cells - len(left) - len(right)
	dashes := line(2)
	if rest := room - cellsOf(dashes) - len("  ") - cellsOf(text); rest >= cellsOf("─") {
		return []string{left + dashes + " " + text + " " + line(rest) + right}
	}
	return append(fold(text, cells, ""), left+line(room)+right)
}

// dump shows bytes as hexdump -C does, from edge to edge: 16 in a row, or 8 in a
// narrow one.
func (v *view) dump(b *strings.Builder, data []byte) {
	n := 16
	row := func(text string) { b.WriteString(text + "\n") }
	switch width := v.width(); {
	case width == 0:
		p := v.place("wire")
		row = func(text string) { b.WriteString(v.row(p, 1, text, 0) + "\n") }
	case width < leastColumns:
		n = 8
	}
	for i := 0; i < min(len(data), mostHex); i += n {
		row(hexRow(i, data[i:min(i+n, len(data))], n))
	}
	if more := len(data) - mostHex; more > 0 {
		row(fmt.Sprintf("(%d bytes more)", more))
	}
}

// hexRow returns at most n bytes, which begin at an offset, as hexdump -C shows
// them.
func hexRow(offset int, data []byte, n int) string {
	var hex, text strings.Builder
	for i, c := range data {
		if i%8 == 0 {
			hex.WriteByte(' ')
		}
		fmt.Fprintf(&hex, " %02x", c)
		if c < ' ' || c > '~' {
			c = '.'
		}
		text.WriteByte(c)
	}
	return fmt.Sprintf("%08x%-*s  |%s|", offset, 3*n+n/8, hex.String(), text.String())
}

// close ends unfinished lines.
func (v *view) close() {
	for v.open != nil {
		v.print(v.open.who, "\n", 0)
	}
}

// typed says that Enter was pressed: the terminal has shown what was typed, and
// the cursor stands below it.
func (v *view) typed(who string) {
	if p := v.panes[who]; p != nil {
		p.row = ""
	}
	v.open = nil // whosever line it was
}

// clear makes room for a row: above the unfinished one, if that can be.
func (v *view) clear(b *strings.Builder) {
	switch {
	case v.open == nil:
	case v.width() > 0:
		b.WriteString("\r\x1b[K")
	default:
		b.WriteByte('\n')
	}
	v.open = nil
	if v.titled || !v.columns() {
		return
	}
	v.titled = true
	title := ""
	for _, who := range []string{"server", "wire", "client"} {
		p := v.place(who)
		title += strings.Repeat(" ", len(p.lead)-cellsOf(title)) + who
	}
	b.WriteString(v.row(place{plain: true}, 1, title, 0) + "\n")
}

// write writes rows, and shows again an unfinished one that was above them.
func (v *view) write(b *strings.Builder) {
	for _, p := range v.panes {
		if v.open == nil && p.row != "" {
			v.open = p
			b.WriteString(v.row(v.place(p.who), p.nth, p.row, p.at))
		}
	}
	if _, err := io.WriteString(v.out, b.String()); err != nil {
		v.err = err
	}
}

// fold breaks a line into rows of so many cells at most: behind a word if it can,
// and in an escape such as \xff only if it must. All but the first begin with
// indent. With 0 cells, there is no most.
func fold(line string, cells int, indent string) []string {
	if cells == 0 {
		return []string{line}
	}
	line = strings.ReplaceAll(line, "\t", "    ")
	var rows []string
	for lead := ""; ; lead = indent {
		end := fit(line, cells-len(lead))
		if end == len(line) {
			return append(rows, lead+line)
		}
		first := len(line) - len(strings.TrimLeft(line, " ")) // of what is no space
		if space := strings.LastIndexByte(line[:end+1], ' '); space > first {
			end = space
		} else if escape := strings.LastIndexByte(line[:end], '\\'); escape > 0 && escape > end-len(`\u202e`) {
			end = escape
		}
		rows = append(rows, lead+strings.TrimRight(line[:end], " "))
		line = strings.TrimLeft(line[end:], " ")
	}
}

// fit returns how many bytes of a line fit into so many cells, at least those of
// one character.
func fit(line string, cells int) int {
	for i, r := range line {
		if cells -= cellsOf(string(r)); cells < 0 && i > 0 {
			return i
		}
	}
	return len(line)
}

// leftToRight fences letters that are written from right to left: a terminal that
// knows of such things would else turn the row round, and put it on the other
// side. Where there is no terminal, text stays as it is.
func (v *view) leftToRight(text string) string {
	const mark = "\u200e" // shows as nothing
	if v.width() > 0 && strings.ContainsFunc(text, rightToLeft) {
		return mark + text + mark
	}
	return text
}

// rightToLeft reports whether a character is in one of the blocks for scripts
// that are written from right to left.
func rightToLeft(r rune) bool {
	return r >= 0x590 && r <= 0x8ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff ||
		r >= 0x10800 && r <= 0x10fff || r >= 0x1e800 && r <= 0x1efff
}

// cellsOf returns how many cells of a terminal a text may fill. Terminals do
// not agree on marks that combine with what stands before them, nor on flags;
// who counts too many breaks a row early, which harms nobody.
func cellsOf(text string) int {
	n := 0
	for _, r := range text {
		if r >= 0x1f1e6 && r <= 0x1f1ff { // half a flag
			n++
		}
		n += max(1, runewidth.RuneWidth(r))
	}
	return n
}
