package script

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"bothends/shared/lesson/lessontest"
)

func TestServe(t *testing.T) {
	lessontest.Slow(t)
	playAll(t, []test{
		// Only the server has said where they came from, and nobody has looked.
		{"shy clients", `
serve server
run client -shy hello
named 1
run client -shy hello
named 2
`, nil},
		{"default address", `
serve server
run client hello
cmp stdout client.txt
await server left
run client bye
stdout '^from 127.0.0.1:50002 '
await server '50002 left'
interrupt server
cmp stdout server.txt
-- client.txt --
from 127.0.0.1:50001 to 127.0.0.1:20000
"hello"
-- server.txt --
listening on 127.0.0.1:20000
127.0.0.1:50001 connected
127.0.0.1:50001 sent "hello"
127.0.0.1:50001 left
127.0.0.1:50002 connected
127.0.0.1:50002 sent "bye"
127.0.0.1:50002 left
^Csignal: interrupt
`, nil},
		{"two servers", `
serve server
serve server@other -addr 127.0.0.1:20001
serve server@third --addr=127.0.0.1:20002
run client -addr 127.0.0.1:20001 hello
stdout '^from 127.0.0.1:50001 to 127.0.0.1:20001$'
run client -addr=127.0.0.1:20002 hello
stdout '^from 127.0.0.1:50002 to 127.0.0.1:20002$'
interrupt server
cmp stdout server.txt
await server@other left
interrupt server@other
cmp stdout other.txt
-- server.txt --
listening on 127.0.0.1:20000
^Csignal: interrupt
-- other.txt --
listening on 127.0.0.1:20001
127.0.0.1:50001 connected
127.0.0.1:50001 sent "hello"
127.0.0.1:50001 left
^Csignal: interrupt
`, nil},
		{"same port twice", `
serve server
! run server@second
stdout '^listen tcp 127.0.0.1:20000: '
`, nil},
		{"any port", `
serve free
run client -addr 127.0.0.1:50001 hello
stdout '^from 127.0.0.1:50002 to 127.0.0.1:50001$'
interrupt free
stdout '^listening on 127.0.0.1:50001$'
`, nil},
		{"further port", `
serve server -also 7
await server also
cmp stdout server.txt
dial peer tcp 127.0.0.1:20007
run puppet 'out=see 127.0.0.1:20007'
cmp stdout puppet.txt
-- server.txt --
listening on 127.0.0.1:20000
also: listening on 127.0.0.1:20007
-- puppet.txt --
see 127.0.0.1:20007
`, nil},
		{"no address", `
serve puppet
`, []string{"puppet: where to listen? -h tells no default, and there is no -addr HOST:PORT"}},
		{"no port", `
serve server -addr nonsense
`, []string{"server: where to listen?"}},
		{"wrong line", `
serve mute 'out=ready \x1b[2J\n' hang
`, []string{`mute: the first line is "ready \x1b[2J", not "listening on HOST:PORT"`}},
		{"ended", `
serve mute 'err=bad luck' exit=3
`, []string{
			`mute ended (exit status 3) before it could print (and flush) "listening on HOST:PORT"`,
			"[stdout]\nbad luck\n",
		}},
		{"no such program", `
serve nobody
`, []string{"there is no program nobody"}},
		{"twice", `
serve server
serve server
`, []string{"server is there already"}},
	})
}

func TestLimit(t *testing.T) {
	t.Parallel()
	ok, log := play(t, 50*time.Millisecond, "serve mute -addr 127.0.0.1:20000 read")
	want := `mute did not print (and flush) "listening on HOST:PORT" before the script's 50ms were over`
	if ok || !strings.Contains(log, want) {
		t.Errorf("no %q in the log:\n%s", want, log)
	}
}

func TestRun(t *testing.T) {
	playAll(t, []test{
		{"status 0", `
run puppet out=hello
cmp stdout want.txt
! stderr .
-- want.txt --
hello
`, nil},
		{"status 1", `
! run puppet out=hello exit=1
cmp stdout want.txt
-- want.txt --
hello
exit status 1
`, nil},
		{"status 2", `
! run puppet exit=2
cmp stdout want.txt
-- want.txt --
exit status 2
`, nil},
		{"unexpected status", `
run puppet out=hello exit=2
`, []string{"[stdout]\nhello\nexit status 2\n", "puppet ended with exit status 2"}},
		{"unexpected success", `
! run puppet
`, []string{"puppet ended with exit status 0"}},
		{"true order", `
! run puppet out=1\n err=2\n out=3\n err=4\n exit=1
cmp stdout want.txt
! stderr .
-- want.txt --
1
2
3
4
exit status 1
`, nil},
		{"split", `
! run -split puppet err=bad\n out=good\n exit=1
cmp stdout stdout.txt
cmp stderr stderr.txt
-- stdout.txt --
good
-- stderr.txt --
bad
exit status 1
`, nil},
		{"split and failed", `
run -split puppet err=bad\n out=good\n exit=1
`, []string{"[stdout]\ngood\n", "[stderr]\nbad\n", "puppet ended with exit status 1"}},
		{"from a file", `
run puppet cat <in.txt
cmp stdout in.txt
-- in.txt --
one
two
`, nil},
		{"no input", `
run puppet cat out=end\n
stdout '^end$'
`, nil},
		{"in the current folder", `
mkdir deeper
cd deeper
run puppet folder
stdout '^deeper$'
`, nil},
		{"no name", `
run -split
`, []string{"usage: run [-split] NAME [ARG…] [<FILE]"}},
		{"file and no name", `
run <in.txt
-- in.txt --
`, []string{"usage: run [-split] NAME [ARG…] [<FILE]"}},
		{"not like this", `
! serve server
`, []string{"unsupported: ! serve"}},
		{"too few", `
await server
`, []string{"usage: await NAME REGEXP"}},
	})
}

func TestInterrupt(t *testing.T) {
	lessontest.Slow(t)
	playAll(t, []test{
		{"by the signal", `
open puppet 'out=half a line' hang
await puppet ready
interrupt puppet
cmp stdout want.txt
-- want.txt --
half a lineready
^Csignal: interrupt
`, nil},
		{"status 0", `
open puppet sigint=ready\n out=bye
await puppet ready
interrupt puppet
cmp stdout want.txt
-- want.txt --
ready
bye
^C
`, nil},
		{"status 3", `
open puppet sigint=ready\n exit=3
await puppet ready
interrupt puppet
`, []string{"[stdout]\nready\n^Cexit status 3\n", "puppet did not stop cleanly at Ctrl-C: exit status 3"}},
		{"ended", `
open puppet out=hello
gone puppet
interrupt puppet
`, []string{"[stdout]\nhello\n", "puppet ended (exit status 0) before it could be stopped"}},
		{"does not end", `
open puppet sigint=ready\n read
await puppet ready
late
interrupt puppet
`, []string{"puppet did not stop at Ctrl-C before the script's 10s were over"}},
		{"not started", `
interrupt puppet
`, []string{"puppet was not started, or its end was seen already"}},
	})
}

func TestType(t *testing.T) {
	playAll(t, []test{
		{"play", `
play talk.txt puppet out=welcome\n ask ask ask
cmp stdout talk.txt
-- talk.txt --
welcome
> one
you said "one\n"
> 
you said "\n"
> ^D
`, nil},
		{"play to a bad end", `
! play talk.txt puppet ask exit=1
cmp stdout talk.txt
-- talk.txt --
> one
you said "one\n"
exit status 1
`, nil},
		{"ended before all was typed", `
play talk.txt puppet ask
-- talk.txt --
> one
you said "one\n"
> two
`, []string{
			"[stdout]\n> one\nyou said \"one\\n\"\n",
			`puppet ended (exit status 0) before it could show the prompt "> "`,
		}},
		{"several", `
open puppet@anna ask ask
open puppet@bob ask ask
type puppet@anna hello
type puppet@bob 'good day'
type -times 3 puppet@anna ab
type puppet@bob ^D
finish puppet@anna
cmp stdout anna.txt
finish puppet@bob
cmp stdout bob.txt
-- anna.txt --
> hello
you said "hello\n"
> ababab
you said "ababab\n"
-- bob.txt --
> good day
you said "good day\n"
> ^D
`, nil},
		{"close", `
open puppet ask ask
type puppet hello
close puppet
cmp stdout want.txt
-- want.txt --
> hello
you said "hello\n"
> 
`, nil},
		{"close to a bad end", `
open puppet cat exit=1
! close puppet
stdout '^exit status 1$'
`, nil},
		{"finish", `
open puppet out=hello
finish puppet
stdout hello
open puppet exit=1
! finish puppet
open puppet exit=1
finish puppet
`, []string{"puppet ended with exit status 1"}},
		{"prompt was awaited", `
open puppet ask
await puppet '> '
type puppet hello
finish puppet
stdout 'you said "hello\\n"'
`, nil},
		{"no prompt", `
open puppet 'sigint=ready\nnot a > '
await puppet ready
late
type puppet hello
`, []string{`puppet did not show the prompt "> " before the script's 10s were over`}},
		{"not a number", `
type -times -1 puppet hello
`, []string{"-times -1: not a number from 1 on"}},
		{"no line", `
type -times 2 puppet
`, []string{"usage: type [-times N] NAME LINE"}},
	})
}

func TestAwait(t *testing.T) {
	lessontest.Slow(t)
	playAll(t, []test{
		{"no more than matches", `
open puppet out=one\ntwo\nthree\nfour\n
await puppet one
cmp stdout one.txt
await puppet 'two\nth.*e$'
cmp stdout three.txt
finish puppet
stdout four
-- one.txt --
one
-- three.txt --
one
two
three
`, nil},
		{"a flood", `
open puppet 'flood=no end at 127.0.0.1:50000'
await puppet 'it printed more than that'
interrupt puppet
stdout '^\(it printed more than that\)\n\^Csignal: interrupt\n$'
`, nil},
		{"consumed", `
open puppet out=one\ntwo\n
await puppet one
await puppet one
`, []string{"[stdout]\none\ntwo\n", "puppet ended (exit status 0) before it could print one"}},
		{"in pieces", `
open puppet out=on out=e out=\n
await puppet ^one$
`, nil},
		{"the last it said", `
open puppet out=one\n out=two
gone puppet
await puppet one
await puppet two
`, nil},
		{"never", `
open puppet out=one\n hang
await puppet ready
late
await puppet two
`, []string{"[stdout]\none\nready\n", "puppet did not print two before the script's 10s were over"}},
		{"bad pattern", `
open puppet
await puppet (
`, []string{"missing closing )"}},
	})
}

// TestLastWord checks that what came just before a program's end is looked at.
func TestLastWord(t *testing.T) {
	term, err := open(exec.Command(executable("puppet"), "out=bye"), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	<-term.program.Done()
	looks := 0
	err = term.await(t.Context(), func(out string) int {
		if looks++; looks == 1 {
			return -1 // as if nothing had come yet
		}
		return len(out)
	})
	if err != nil || term.consumed() != "bye" {
		t.Errorf("consumed %q, error %v", term.consumed(), err)
	}
}

func TestPeersTCP(t *testing.T) {
	const two = `
listen door tcp 127.0.0.1:30000
dial a tcp 127.0.0.1:30000
accept b door
`
	playAll(t, []test{
		{"client", `
serve server
dial peer tcp 127.0.0.1:20000
send peer hello
recv peer hello
closewrite peer
eof peer
dial peer@2 tcp 127.0.0.1:20000
await server connected
reset peer@2
await server '50002 broke off'
dial peer@3 tcp 127.0.0.1:20000
close peer@3
await server '50003 left'
`, nil},
		{"server", `
listen door tcp 127.0.0.1:20000
open client one two
accept peer door
recv peer one
send peer 1
recv peer two
send peer 2\x00\xff
close peer
finish client
cmp stdout client.txt
-- client.txt --
from 127.0.0.1:50001 to 127.0.0.1:20000
"1"
"2\x00\xff"
`, nil},
		{"to the end", two + `
send -times 3 a ab 'c"'\n
close a
recv b
cmp stdout want.txt
-- want.txt --
abababc"
c"
c"
`, nil},
		{"part by part", two + `
send a hello
recv b he
recv b ''
recv b llo
silent b 1ms
send b x
recv a x
`, nil},
		{"something else", two + `
send a help\n
recv b hello\n
`, []string{"b received something else\nwant: \"hello\\n\"\ncame: \"help\\n\"\n"}},
		{"too little", two + `
send a he
close a
recv b hello
`, []string{"want: \"hello\"\ncame: \"he\", then the end of the stream\n"}},
		{"nothing", two + `
late
recv b hello
`, []string{"want: \"hello\"\ncame: \"\", then nothing before the script's 10s were over\n"}},
		{"data, no end", two + `
send a hello
eof b
`, []string{"b expected the end of the stream\ncame: \"hello\"\n"}},
		{"reset, no end", two + `
reset a
eof b
`, []string{"b expected the end of the stream\ncame: connection reset\n"}},
		{"data, no silence", two + `
send a \x1b
silent b 10s
`, []string{"b expected silence\ncame: \"\\x1b\"\n"}},
		{"end, no silence", two + `
close a
silent b 10s
`, []string{"b expected silence\ncame: the end of the stream\n"}},
		{"bad escape", two + `
send a \q
`, []string{`\q: not text with Go's escapes`}},
		{"nobody accepts", `
listen door tcp 127.0.0.1:30000
late
accept b door
`, []string{"nothing before the script's 10s were over"}},
		{"not a listener", two + `
accept c a
`, []string{"a is not a TCP listener"}},
		{"a listener", two + `
send door hello
`, []string{"door is a listener: accept PEER door first"}},
		{"no peer", `
send a hello
`, []string{"there is no peer a: dial, listen or accept it first"}},
		{"twice", two + `
dial a tcp 127.0.0.1:30000
`, []string{"a is there already"}},
		{"neither", `
listen a unix 127.0.0.1:30000
`, []string{"listen over tcp or udp, not unix"}},
		{"no port", `
listen a tcp 127.0.0.1
`, []string{"127.0.0.1 is not of the form host:port"}},
		{"not a number", two + `
send -times 0 a x
`, []string{"-times 0: not a number from 1 on"}},
		{"not a duration", two + `
silent a soon
`, []string{`invalid duration "soon"`}},
	})
}

func TestPeersUDP(t *testing.T) {
	const two = `
listen b udp 127.0.0.1:30000
dial a udp 127.0.0.1:30000
`
	playAll(t, []test{
		{"datagrams", two + `
send a one two '' four
recv b one
recv b
stdout ^two$
recv b ''
recv b four
silent b 1ms
send b '' x
recv a ''
recv a x
`, nil},
		{"with a client", `
listen peer udp 127.0.0.1:20000
open client -network udp hello
recv peer hello
send peer hi
finish client
cmp stdout client.txt
-- client.txt --
from 127.0.0.1:50001 to 127.0.0.1:20000
"hi"
`, nil},
		{"something else", two + `
send a hello
recv b he
`, []string{"want: \"he\"\ncame: \"hello\"\n"}},
		{"empty, not the text", two + `
send a ''
recv b hello
`, []string{"want: \"hello\"\ncame: \"\"\n"}},
		{"text, not empty", two + `
send a hello
recv b ''
`, []string{"want: \"\"\ncame: \"hello\"\n"}},
		{"nothing, not even empty", two + `
late
recv b ''
`, []string{"nothing before the script's 10s were over"}},
		{"empty, no silence", two + `
send a ''
silent b 10s
`, []string{"b expected silence\ncame: \"\"\n"}},
		{"nobody to answer", two + `
send b hello
`, []string{"nobody to answer: recv first"}},
		{"no stream", two + `
eof a
`, []string{"a is not a TCP connection"}},
		{"no connection", two + `
closewrite b
`, []string{"b is not a TCP connection"}},
	})
}

func TestNobody(t *testing.T) {
	lessontest.Slow(t)
	playAll(t, []test{
		{"tcp", `
! run client hello
! stdout '^from '
stdout '127\.0\.0\.1:20000: '
`, nil},
		{"udp", `
! run client -network udp hello
stdout '^from 127.0.0.1:50001 to 127.0.0.1:20000$'
stdout '^exit status 1$'
`, nil},
		{"dial", `
dial a tcp 127.0.0.1:20000
`, []string{"127.0.0.1:20000: "}},
		{"dial udp", `
dial a udp 127.0.0.1:20000
send a hello
recv a hello
`, []string{"came: \"\", then read udp"}},
		{"then somebody", `
! run client hello
serve server
run client hello
stdout '^from 127.0.0.1:50001 to 127.0.0.1:20000$'
`, nil},
	})
}

func TestClock(t *testing.T) {
	lessontest.Slow(t)
	playAll(t, []test{
		{"now", `
run puppet time
cmp stdout want.txt
-- want.txt --
Mon Jan  2 15:04:05 2006
`, nil},
		{"an hour later", `
run puppet time=1h
stdout '^\(not now: ... ... .. ..:..:.. 20..\)$'
`, nil},
		{"an hour ago", `
run puppet time=-1h
stdout '^\(not now: '
`, nil},
		{"fixed", `
run puppet 'out=Mon Jan  2 15:04:05 2006'
stdout '^\(not now: Mon Jan  2 15:04:05 2006\)$'
`, nil},
	})
}

func TestEscapes(t *testing.T) {
	t.Parallel()
	ok, log := play(t, Limit, `
serve server
open puppet@1 'out=\x1b[2J\x9b' hang
await puppet@1 ready
stdout ␛.2J
open puppet@2 'out=\x1b]0;mine\a' hang
await puppet@2 ready
dial peer tcp 127.0.0.1:20000
send peer \x1b
! run -split puppet 'out=\x1b[2J\r\n' 'err=\x1b\x7f' exit=1
cmp stdout stdout.txt
cmp stderr stderr.txt
await peer '\x1b'
-- stdout.txt --
␛[2J
exit status 1
-- stderr.txt --
␛␡
`)
	if ok || strings.ContainsRune(log, 0x1b) {
		t.Errorf("passed: %v, log: %q", ok, log)
	}
	for _, want := range []string{"␛[2J", "␛]0;mine␇", "␛␡"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in the log:\n%s", want, log)
		}
	}
}

// TestFailure checks what a script's log tells that failed at a command of
// testscript's own.
func TestFailure(t *testing.T) {
	playAll(t, []test{{"log", `
serve server
open puppet out=hello
gone puppet
run client hi
cmp stdout other.txt
-- other.txt --
`, []string{
		"[puppet, exit status 0, had printed]\nhello\n",
		"[server, still running, had printed]\nlistening on 127.0.0.1:20000\n127.0.0.1:50001 connected\n",
		"[stdout]\nfrom 127.0.0.1:50001 to 127.0.0.1:20000\n\"hi\"\n",
		"FAIL: ",
	}}})
}

// TestAtOnce runs the same script many times at once: no copy may get into
// another's way.
func TestAtOnce(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	for i := range 50 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			if ok, log := play(t, Limit, `
! run client early
serve server
run client hello
cmp stdout client.txt
await server left
dial peer tcp 127.0.0.1:20000
send peer x
recv peer x
close peer
await server '50002 left'
interrupt server
cmp stdout server.txt
-- client.txt --
from 127.0.0.1:50001 to 127.0.0.1:20000
"hello"
-- server.txt --
listening on 127.0.0.1:20000
127.0.0.1:50001 connected
127.0.0.1:50001 sent "hello"
127.0.0.1:50001 left
127.0.0.1:50002 connected
127.0.0.1:50002 sent "x"
127.0.0.1:50002 left
^Csignal: interrupt
`); !ok {
				t.Error(log)
			}
		})
	}
}

// TestHelpAddr checks that a program's default address is not thought missing
// for good because one script had no time left to ask.
func TestHelpAddr(t *testing.T) {
	exe := executable("mute")
	defaults.Delete(exe)
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if got := helpAddr(late, exe, os.Environ()); got != "" {
		t.Errorf("too late: %q", got)
	}
	if got := helpAddr(t.Context(), exe, os.Environ()); got != "127.0.0.1:20000" {
		t.Errorf("in time: %q", got)
	}
}
