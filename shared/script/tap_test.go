package script

import (
	"strings"
	"testing"

	"bothends/shared/lesson/lessontest"
)

func TestTap(t *testing.T) {
	lessontest.Slow(t)
	playAll(t, []test{
		{"a conversation", `
tap server
serve server
run client 'a#b;'
ladder server
cmp stdout ladder.txt
diagram server
cmp stdout diagram.mmd
await server left
interrupt server
cmp stdout server.txt
-- ladder.txt --
server: listening on 127.0.0.1:20000
client -> server: connect
client: from 127.0.0.1:50001 to 127.0.0.1:20000
client -> server: "a#b;"
server: 127.0.0.1:50001 connected
server: 127.0.0.1:50001 sent "a#b;"
server -> client: "a#b;"
client: "a#b;"
client -> server: end
server: 127.0.0.1:50001 left
server -> client: end
-- diagram.mmd --
sequenceDiagram
    participant C as client<br/>127.0.0.1:50001
    participant S as server<br/>127.0.0.1:20000
    C-->>S: connect
    C->>S: "a#35;b#59;"
    S->>C: "a#35;b#59;"
    C-->>S: end
    S-->>C: end
-- server.txt --
listening on 127.0.0.1:20000
127.0.0.1:50001 connected
127.0.0.1:50001 sent "a#b;"
127.0.0.1:50001 left
^Csignal: interrupt
`, nil},
		{"two clients", `
tap server
serve server
run client a
ladder server
run client b
diagram server
cmp stdout diagram.mmd
-- diagram.mmd --
sequenceDiagram
    participant C as client<br/>127.0.0.1:50001
    participant C2 as client<br/>127.0.0.1:50002
    participant S as server<br/>127.0.0.1:20000
    C-->>S: connect
    C->>S: "a"
    S->>C: "a"
    C-->>S: end
    S-->>C: end
    C2-->>S: connect
    C2->>S: "b"
    S->>C2: "b"
    C2-->>S: end
    S-->>C2: end
`, nil},
		{"faults", `
fault client:slice=1
tap server
serve server
dial anna tcp 127.0.0.1:20000
send anna abc
recv anna abc
close anna
await server 'sent "a"'
interrupt server
ladder server
stdout '^client -> server: "abc"$'
`, nil},
		{"before a peer", `
fault server:slice=1
tap door
listen door tcp 127.0.0.1:20000
open client@1 hello
accept anna door
recv anna hello
send anna hello
finish client@1
stdout '^"h"$'
! stdout hello
ladder door
cmp stdout ladder.txt
-- ladder.txt --
client -> server: connect
client@1: from 127.0.0.1:50001 to 127.0.0.1:20000
client -> server: "hello"
server -> client: "hello"
client@1: "h"
client -> server: reset
`, nil},
		{"in a block", `
block 127.0.0.1:20000 7 9
tap server
serve server -also 7
dial one tcp 127.0.0.1:20007
send one hello
reset one
diagram server 20007
cmp stdout diagram.mmd
! run client -addr 127.0.0.1:20009
-- diagram.mmd --
sequenceDiagram
    participant C as client<br/>127.0.0.1:50001
    participant S as also:<br/>127.0.0.1:20007
    C-->>S: connect
    C->>S: "hello"
    C-->>S: reset
`, nil},
		{"reset", `
fault server:reset=0
tap server
serve server
! run client hello
stdout reset
ladder server
stdout '^server -> client: reset$'
`, nil},
		{"twice", "tap server\ntap server", []string{"tap server: say it once, and before it listens"}},
		{"too late", "serve server\ntap server", []string{"tap server: say it once, and before it listens"}},
		{"not tapped", "serve server\nladder server", []string{"server is not tapped: tap it before serve"}},
		{"not served", "tap server\ndiagram server", []string{"server is not tapped"}},
		{"no fault", "fault burn=1", []string{`fault "burn=1": want latency`}},
	})
}

// TestTapOpen draws a ladder too soon: somebody is still connected.
func TestTapOpen(t *testing.T) {
	t.Parallel()
	ok, log := play(t, Limit, "tap server\nserve server\ndial anna tcp 127.0.0.1:20000\nsend anna a\nrecv anna a\nlate\nladder server")
	if want := "a connection to server has not ended"; ok || !strings.Contains(log, want) {
		t.Errorf("passed: %v, no %q in the log:\n%s", ok, want, log)
	}
}

// TestUnhear gives a program up, as when another has one of its ports.
func TestUnhear(t *testing.T) {
	s := &session{taps: map[string]*tap{"server": {server: "server"}}}
	var given, kept terminal
	for _, term := range []*terminal{&given, &kept} {
		if _, err := s.hear("server", func() (*terminal, error) { return term, nil }); err != nil {
			t.Fatal(err)
		}
	}
	s.unhear(&given)
	if heard := s.taps["server"].heard; len(heard) != 1 || heard[0].terminal != &kept {
		t.Errorf("heard are %+v", heard)
	}
}
