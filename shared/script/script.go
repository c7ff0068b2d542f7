// Package script is the language in which the lessons' scripts are written:
// testscript, and commands that play both ends of a conversation.
//
// Programs. NAME is a program's folder within the lesson, such as server or
// client; a label tells apart several of one kind (client@anna). What a
// program printed is all that its terminal would show, both streams in true
// order, with what was typed and, as under go run, "exit status N" or
// "signal: interrupt" at a bad end.
//
//	serve NAME [ARG…]               start a server on a free port, wait for its first line
//	[!] run [-split] NAME [ARG…] [<FILE]
//	                                run a program to its end; stdout: what it printed
//	[!] play FILE NAME [ARG…]       run a program and type FILE's lines "> …", each at its
//	                                prompt ("> ^D" ends the input); stdout: what it printed
//	open NAME [ARG…] [<FILE]        start a program; without FILE, type into it
//	type [-times N] NAME LINE       type a line at its prompt, or N copies of it as one;
//	                                ^D ends the input
//	await NAME REGEXP               wait for output not yet consumed; stdout: what it printed so far
//	[!] close NAME                  end its input and wait for its end; stdout: what it printed
//	[!] finish NAME                 wait for its end; stdout: what it printed
//	[!] ends NAME [0]               wait for its end, well or badly, or with status 0, or with !
//	                                another; stdout: what it printed
//	interrupt NAME                  press Ctrl-C and wait for its end; stdout: what it printed
//	suspend NAME                    press Ctrl-Z: it stands still (Linux)
//	resume NAME                     let it go on
//	unprivileged                    let the next program run without root's powers; its -addr
//	                                is the real one
//	limit files N                   let the next program have N file descriptors
//	harmless NAME                   nothing that it printed so far can steer a terminal
//
// The other end. PEER is a name of your choice; DATA is text with Go's escapes
// (\n, \xff), each one write or one datagram.
//
//	dial PEER tcp|udp HOST:PORT     connect to a server
//	listen PEER tcp|udp HOST:PORT … be a server, or several
//	block HOST:BASE N…              let BASE+N keep that distance, and nobody be there but
//	                                who listens, or is served at BASE; 1-9 is N from 1 to 9
//	accept PEER LISTENER            take the next client of a TCP listener
//	send [-times N] PEER DATA…      send each DATA, or N copies of it as one
//	recv PEER [DATA]                receive just DATA; without it, stdout: a datagram, or all
//	                                there is until the end of the stream
//	recvtime PEER                   receive a line that is the time, in the form of time.ANSIC
//	silent PEER [DURATION]          nothing comes, not even an end (100ms; 300ms of a program to be checked)
//	closewrite PEER                 say that there is no more to send
//	eof PEER                        the stream ends here
//	reset PEER                      break the connection off
//	close PEER                      close it
//
// DNS, where the same may be said in different bytes. A RECORD is such as
// 'course.test. MX 10 mail.course.test.', with TTL 60 at its end if that matters.
// What is sent may have Go's escapes; the time, if it is that, shows as below.
//
//	recvdns PEER CODE [truncated] [soa] [edns] [RECORD…]
//	                                receive a reply to the query that was sent last, or over
//	                                TCP to the next: the same ID and question, this code, just
//	                                these answers, in any order; soa, edns: with one
//	askeddns PEER NAME TYPE [newid] receive a query; others that come before are kept; newid:
//	                                not all that came so far have one ID
//	answerdns PEER CODE [truncated] [otherid] [loop] [RECORD…]
//	                                answer it; otherid: with another ID; loop: with a name
//	                                that points to itself
//	refusedns PEER [CODE]           refuse all other queries, from now on, or answer them with
//	                                that code
//
// The wire.
//
//	tap [-dns] NAME                 put a relay before NAME, a program that is to be served or
//	                                a peer that is to listen; -dns: messages show by what
//	                                they mean
//	fault F…                        let what crosses at the next tap meet faults: drop=2, …
//	ladder NAME                     stdout: what was printed and what crossed, in order
//	diagram NAME [PORT…]            stdout: what crossed, as a sequence diagram (Mermaid);
//	                                PORT…: only at these ports, one after the other
//
// Ports. A script names the ports that a reader knows, and so does all that it
// compares; the real ones are free ones, and differ from run to run. A port
// that the system gave to a client shows as 50001, 50002, … in order of
// appearance. The time shows as Mon Jan  2 15:04:05 2006, if it is the time.
package script

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"bothends/shared/lesson"
	"bothends/shared/wire"

	"github.com/rogpeppe/go-internal/testscript"
)

// Limit is how long a script may take.
const Limit = 10 * time.Second

const prompt = "> "

// Params returns what testscript needs to run scripts. programs returns the
// executable of the program with the given name (without its label); it may
// be called from several goroutines.
func Params(programs func(name string) (string, error)) testscript.Params {
	return params(own(programs), Limit)
}

// own makes the command line of a program from its executable.
func own(programs func(name string) (string, error)) *cast {
	return &cast{
		command: func(name string) ([]string, error) {
			path, err := programs(name)
			return []string{path}, err
		},
	}
}

// A cast is whose programs a script runs.
type cast struct {
	command func(name string) ([]string, error) // the command line of a program
	foreign *Foreign                            // nil for the course's own
}

func params(c *cast, limit time.Duration) testscript.Params {
	cmds := map[string]func(*testscript.TestScript, bool, []string){}
	for name, c := range commands {
		cmds[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg && !c.neg {
				ts.Fatalf("unsupported: ! %s", name)
			}
			if len(args) < c.min || c.max > 0 && len(args) > c.max {
				ts.Fatalf("usage: %s %s", name, c.usage)
			}
			s := ts.Value(key{}).(*session)
			s.ts, s.neg = ts, neg
			c.run(s, args)
		}
	}
	return testscript.Params{
		RequireUniqueNames: true,
		Condition: func(cond string) (bool, error) {
			if cond == "privileged" {
				return lowPortsPrivileged(), nil
			}
			return false, fmt.Errorf("there is no condition %s", cond)
		},
		Setup: func(env *testscript.Env) error {
			s := newSession(env, c, limit)
			env.Values[key{}] = s
			env.Defer(s.end)
			return nil
		},
		Cmds: cmds,
	}
}

type key struct{} // of the session among a script's values

type command struct {
	run      func(s *session, args []string)
	min, max int  // number of arguments; max 0: any
	neg      bool // may follow !
	usage    string
}

var commands map[string]command

func init() { // not a plain initialiser: close refers to it
	commands = map[string]command{
		"serve":     {(*session).serve, 1, 0, false, "NAME [ARG…]"},
		"run":       {(*session).run, 1, 0, true, "[-split] NAME [ARG…] [<FILE]"},
		"play":      {(*session).play, 2, 0, true, "FILE NAME [ARG…]"},
		"open":      {(*session).open, 1, 0, false, "NAME [ARG…] [<FILE]"},
		"type":      {(*session).typeLine, 2, 4, false, "[-times N] NAME LINE"},
		"await":     {(*session).await, 2, 2, false, "NAME REGEXP"},
		"close":     {(*session).close, 1, 1, true, "NAME|PEER"},
		"finish":    {(*session).finish, 1, 1, true, "NAME"},
		"interrupt": {(*session).interrupt, 1, 1, false, "NAME"},
		"suspend":   {(*session).suspend, 1, 1, false, "NAME"},
		"resume":    {(*session).resume, 1, 1, false, "NAME"},
		"limit":     {(*session).limit, 2, 2, false, "files N"},
		"ends":      {(*session).ends, 1, 2, true, "NAME [0]"},
		"harmless":  {(*session).harmless, 1, 1, false, "NAME"},

		"unprivileged": {(*session).unprivileged, 0, 0, false, ""},

		"tap":     {(*session).tap, 1, 2, false, "[-dns] NAME"},
		"fault":   {(*session).fault, 1, 0, false, "F…"},
		"ladder":  {(*session).printLadder, 1, 1, false, "NAME"},
		"diagram": {(*session).printDiagram, 1, 0, false, "NAME [PORT…]"},

		"dial":       {(*session).dial, 3, 3, false, "PEER tcp|udp HOST:PORT"},
		"listen":     {(*session).listen, 3, 0, false, "PEER tcp|udp HOST:PORT …"},
		"block":      {(*session).block, 2, 0, false, "HOST:BASE N…"},
		"accept":     {(*session).accept, 2, 2, false, "PEER LISTENER"},
		"send":       {(*session).send, 2, 0, false, "[-times N] PEER DATA…"},
		"recv":       {(*session).recv, 1, 2, false, "PEER [DATA]"},
		"recvtime":   {(*session).recvTime, 1, 1, false, "PEER"},
		"silent":     {(*session).silent, 1, 2, false, "PEER [DURATION]"},
		"closewrite": {(*session).closeWrite, 1, 1, false, "PEER"},
		"eof":        {(*session).eof, 1, 1, false, "PEER"},
		"reset":      {(*session).reset, 1, 1, false, "PEER"},

		"recvdns":   {(*session).recvDNS, 2, 0, false, "PEER CODE [truncated] [soa] [edns] [RECORD…]"},
		"askeddns":  {(*session).askedDNS, 3, 4, false, "PEER NAME TYPE [newid]"},
		"answerdns": {(*session).answerDNS, 2, 0, false, "PEER CODE [truncated] [otherid] [loop] [RECORD…]"},
		"refusedns": {(*session).refuseDNS, 1, 2, false, "PEER [CODE]"},
	}
}

// A session is one run of a script.
type session struct {
	cast      *cast
	env       []string
	within    time.Duration   // how long the script may take
	ctx       context.Context // until that is over
	cancel    context.CancelFunc
	terminals map[string]*terminal
	peers     map[string]*peer
	names     *names
	taps      map[string]*tap // by the name of the server behind
	faults    []wire.Fault    // for the next tap
	dialled   bool            // a peer has been a client
	files     int             // limit for the next program, or 0
	powerless bool            // the next program runs without root's powers
	failed    bool
	reached   map[string]int    // how many connections a foreign server has taken, by network and address
	latest    string            // the program that was started last
	given     string            // the address that a foreign one was given last
	over      []Printed         // foreign programs that have ended, and what they printed
	serves    map[string]string // foreign servers' addresses, by name
	ids       []uint16          // of DNS queries that came
	hungUp    bool              // a foreign program ended its stream when this end had

	ts  *testscript.TestScript // of the command that runs
	neg bool                   // it stands behind !
}

func newSession(env *testscript.Env, c *cast, limit time.Duration) *session {
	s := &session{cast: c, reached: map[string]int{}, serves: map[string]string{}, taps: map[string]*tap{},
		within: limit, terminals: map[string]*terminal{},
		peers: map[string]*peer{}, names: newNames()}
	s.ctx, s.cancel = context.WithTimeout(context.Background(), limit)
	vars := env.Vars
	if c.foreign != nil { // it may need anything
		vars = os.Environ()
		s.names.plain = true
	}
	for _, kv := range vars {
		if !strings.HasPrefix(kv, "GOTRACEBACK=") {
			s.env = append(s.env, kv)
		}
	}
	s.env = append(s.env, "PYTHONUNBUFFERED=1")
	if c.foreign == nil {
		s.env = append(s.env, "GOTRACEBACK=all")
	}
	if os.Getenv("GORACE") == "" { // or each program sleeps a second at its end
		s.env = append(s.env, "GORACE=atexit_sleep_ms=10")
	}
	for _, name := range []string{"TZ", "SYSTEMROOT"} {
		if v, ok := os.LookupEnv(name); ok {
			s.env = append(s.env, name+"="+v)
		}
	}
	return s
}

// end cleans up. On a failure, the log shows what each program that still ran
// had printed; of the others it is there already. One of our own may be busy
// dying, and that may be why; who was blamed has had a moment already.
func (s *session) end() {
	soon, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	for _, name := range slices.Sorted(maps.Keys(s.terminals)) {
		t := s.terminals[name]
		if s.failed && s.cast.foreign == nil {
			t.program.Wait(soon)
		}
		how := "still running"
		select {
		case <-t.program.Done():
			how = state(t.program.Wait(context.Background()))
		default:
			t.program.Kill()
			<-t.program.Done()
		}
		s.learn()
		s.ts.Logf("[%s, %s, had printed]\n%s", name, how, s.names.show(t.String()))
	}
	for _, p := range s.peers {
		p.close()
	}
	for _, t := range s.taps {
		if t.relay != nil {
			t.relay.Close()
		}
	}
	s.names.close()
	s.cancel()
}

// state says how a program ended, in the words of go run.
func state(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "exit status 0"
	case lesson.Interrupted(err):
		return "signal: interrupt"
	case errors.As(err, &exit):
		return exit.String()
	}
	return err.Error()
}

// fatalf ends the script with a message.
func (s *session) fatalf(format string, args ...any) {
	s.failed = true
	s.ts.Fatalf(format, args...)
}

// must ends the script if err is not nil.
func (s *session) must(err error) {
	if err != nil {
		s.fatalf("%v", err)
	}
}

// usage ends the script: the command was not given what it takes.
func (s *session) usage(name string) {
	s.fatalf("usage: %s %s", name, commands[name].usage)
}

// times takes the flag -times out of a command's arguments.
func (s *session) times(args []string) (n int, rest []string) {
	if args[0] != "-times" {
		return 1, args
	}
	n, err := strconv.Atoi(args[1])
	if err != nil || n < 1 {
		s.fatalf("-times %s: not a number from 1 on", args[1])
	}
	return n, args[2:]
}

// command returns the command line of the program that name means.
func (s *session) command(name string) []string {
	program, _, _ := strings.Cut(name, "@")
	argv, err := s.cast.command(program)
	s.must(err)
	return argv
}

// defaultAddr returns the address at which a program listens, or looks for its
// server, if it is told none; "" if there is no such address.
func (s *session) defaultAddr(name string) string {
	shown := helpAddr(s.ctx, s.command(name)[0], s.env)
	if _, port, ok := splitPort(shown); ok {
		s.names.keep(port)
	}
	return shown
}

// start starts the program that name means. Its input is in, or if that is nil
// what type types into its terminal.
func (s *session) start(name string, args []string, in io.Reader, split bool) *terminal {
	if s.terminals[name] != nil || s.peers[name] != nil {
		s.fatalf("%s is there already", name)
	}
	argv := s.command(name)
	if s.cast.foreign != nil {
		var addr string
		addr, args = cutAddr(args)
		argv, s.given = fill(argv, addr), addr
	}
	argv = slices.Concat(argv, args)
	if s.files > 0 {
		if runtime.GOOS == "windows" {
			s.fatalf("limit: Windows has no limit on files")
		}
		limit := fmt.Sprintf(`ulimit -n %d && exec "$@"`, s.files)
		argv = append([]string{"sh", "-c", limit, "sh"}, argv...)
		s.files = 0
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env, cmd.Dir = s.env, s.ts.MkAbs(".")
	if s.cast.foreign != nil {
		cmd.Dir = s.cast.foreign.Dir
	}
	if s.powerless {
		s.must(giveUpPrivilege(cmd))
		s.powerless = false
	}
	t, err := s.hear(name, func() (*terminal, error) { return open(cmd, in, split) })
	if err != nil {
		s.blame(Failure{Kind: NotStarted, Name: name, Err: err}, "%v", err)
	}
	s.terminals[name], s.latest = t, name
	for _, p := range s.peers {
		p.awaits = true
	}
	if s.cast.foreign != nil {
		s.restart()
	}
	return t
}

// terminal returns the terminal of the program with that name.
func (s *session) terminal(name string) *terminal {
	t := s.terminals[name]
	if t == nil {
		s.fatalf("%s was not started, or its end was seen already", name)
	}
	return t
}

func (s *session) serve(args []string) {
	name := args[0]
	shown, rest := cutAddr(args[1:])
	if s.cast.foreign != nil {
		s.serveForeign(name, shown, rest)
		return
	}
	if shown == "" {
		shown = s.defaultAddr(name)
	}
	host, _, ok := splitPort(shown)
	if !ok {
		s.fatalf("%s: where to listen? -h tells no default, and there is no -addr HOST:PORT", name)
	}
	rest = s.names.realArgs(rest)
	for !s.served(name, shown, append([]string{"-addr", host + ":0"}, rest...)) {
		t := s.terminals[name] // somebody has a port of the block: try elsewhere
		t.program.Kill()
		<-t.program.Done()
		delete(s.terminals, name)
		s.unhear(t)
	}
}

// served starts a server. If a block begins where it listens, it reports
// whether nobody else has a port of it.
func (s *session) served(name, shown string, args []string) bool {
	t := s.start(name, args, nil, false)
	line, err := t.program.FirstLine(s.ctx)
	if err != nil {
		s.fail(name, `print (and flush) "listening on HOST:PORT"`, err)
	}
	real, ok := lesson.Address(line)
	if !ok {
		s.fatalf("%s: the first line is %q, not %q", name, line, "listening on HOST:PORT")
	}
	if _, port, _ := splitPort(shown); s.names.block.begins(port) && s.names.around(real, t.String()) != nil {
		return false
	}
	t.shown, t.real = shown, real
	s.names.server(shown, real)
	s.learn()
	if tap := s.taps[name]; tap != nil && tap.relay == nil {
		host, port, _ := splitPort(real)
		ports := []string{port}
		if s.names.block.begins(s.names.shown[port]) { // it listens at those that follow
			ports = nil
			for _, m := range announced.FindAllStringSubmatch(t.String(), -1) {
				if _, further, _ := splitPort(m[1]); further != port {
					ports = append(ports, further)
				}
			}
		}
		s.join(tap, host, ports...)
	}
	return true
}

// learn makes the further ports known that servers have announced by now.
func (s *session) learn() {
	s.learnPairs()
	for _, t := range s.terminals {
		if t.real != "" {
			s.names.further(t.shown, t.real, t.String())
		}
	}
}

func (s *session) run(args []string) {
	split := args[0] == "-split"
	if split {
		args = args[1:]
	}
	in, args := s.input(args)
	if in == nil {
		in = strings.NewReader("")
	}
	if len(args) == 0 {
		s.usage("run")
	}
	name := args[0]
	s.start(name, s.clientArgs(name, args[1:]), in, split)
	s.finish([]string{name})
}

// input takes <FILE out of a command's arguments. in is nil if it is not there.
func (s *session) input(args []string) (in io.Reader, rest []string) {
	if n := len(args); n > 0 && strings.HasPrefix(args[n-1], "<") {
		return strings.NewReader(s.ts.ReadFile(args[n-1][1:])), args[:n-1]
	}
	return nil, args
}

func (s *session) open(args []string) {
	in, args := s.input(args)
	if len(args) == 0 {
		s.usage("open")
	}
	s.start(args[0], s.clientArgs(args[0], args[1:]), in, false)
}

func (s *session) play(args []string) {
	file, name := s.ts.ReadFile(args[0]), args[1]
	s.open(args[1:])
	for line := range strings.Lines(file) {
		if typed, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), prompt); ok {
			s.typeLine([]string{name, typed})
		}
	}
	s.finish([]string{name})
}

func (s *session) typeLine(args []string) {
	times, args := s.times(args)
	if len(args) != 2 {
		s.usage("type")
	}
	name, line := args[0], strings.Repeat(args[1], times)
	t := s.terminal(name)
	if err := t.prompted(s.ctx); err != nil {
		s.fail(name, fmt.Sprintf("show the prompt %q", prompt), err)
	}
	if line == "^D" {
		t.append(line) // a program that is well brought up ends the line
		t.endInput()
		return
	}
	if err := t.enter(s.ctx, line); err != nil {
		s.fail(name, "read what was typed", err)
	}
}

func (s *session) await(args []string) {
	name := args[0]
	re, err := regexp.Compile("(?m)" + args[1])
	s.must(err)
	t := s.terminal(name)
	var shown []byte // of what has come, the whole lines
	seen := 0
	err = t.await(s.ctx, func(out string) int {
		s.learn()
		// Line by line, so that what is consumed does not depend on how
		// much came at once. Only whole lines give names to ports: half a
		// line may end in half a port.
		for i := strings.IndexByte(out[seen:], '\n'); i >= 0; i = strings.IndexByte(out[seen:], '\n') {
			shown = append(shown, s.names.show(out[seen:seen+i+1])...)
			seen += i + 1
			if re.Match(shown) {
				return seen
			}
			if s.ctx.Err() != nil {
				return -1
			}
		}
		if re.MatchString(string(shown) + s.names.peek(out[seen:])) {
			return len(out)
		}
		return -1
	})
	if err != nil {
		s.fail(name, "print "+args[1], err)
	}
	fmt.Fprint(s.stdout(), s.names.show(t.consumed()))
}

func (s *session) close(args []string) {
	if p := s.peers[args[0]]; p != nil {
		p.close()
		s.forget(args[0])
		return
	}
	s.terminal(args[0]).endInput()
	s.finish(args)
}

func (s *session) finish(args []string) {
	name := args[0]
	t := s.terminal(name)
	err := t.program.Wait(s.ctx)
	if !t.ended() {
		s.fail(name, "end", err)
	}
	if err != nil {
		t.status(state(err))
	}
	s.took(name)
	if (err != nil) != s.neg {
		s.fatalf("%s ended with %s", name, state(err))
	}
}

func (s *session) interrupt(args []string) {
	name := args[0]
	t := s.terminal(name)
	if t.program.Interrupt() != nil {
		s.fail(name, "be stopped", lesson.ErrEnded)
	}
	err := t.program.Wait(s.ctx)
	if !t.ended() {
		s.fail(name, "stop at Ctrl-C", err)
	}
	if err == nil {
		t.status("^C")
	} else {
		t.status("^C" + state(err))
	}
	s.took(name)
	if err != nil && !lesson.Interrupted(err) {
		s.fatalf("%s did not stop cleanly at Ctrl-C: %s", name, state(err))
	}
}

func (s *session) suspend(args []string) { s.must(s.terminal(args[0]).program.Suspend()) }

func (s *session) resume(args []string) { s.must(s.terminal(args[0]).program.Resume()) }

func (s *session) limit(args []string) {
	n, err := strconv.Atoi(args[1])
	if args[0] != "files" || err != nil || n < 1 {
		s.usage("limit")
	}
	s.files = n
}

func (s *session) unprivileged([]string) { s.powerless = true }

// stdout returns where what came goes. Where the programs are somebody's, that is
// nowhere: package testscript would put it into its log, and the log says at which
// line a script has failed.
func (s *session) stdout() io.Writer {
	if s.cast.foreign != nil {
		return io.Discard
	}
	return s.ts.Stdout()
}

// took makes what an ended program printed the script's stdout.
func (s *session) took(name string) {
	s.learn()
	t := s.terminals[name]
	fmt.Fprint(s.stdout(), s.names.show(t.String()))
	if s.cast.foreign == nil {
		fmt.Fprint(s.ts.Stderr(), s.names.show(t.errors.String()))
	}
	delete(s.terminals, name)
	if t.real != "" {
		s.names.ended(t.real)
	}
	s.meet()
	s.names.retire()
}

// meet gives names to the ports of which servers have spoken by now. Otherwise
// the next client might be given one of them, unknown and free as it is.
func (s *session) meet() {
	for _, t := range s.terminals {
		if t.real == "" || s.names.plain {
			continue
		}
		t.program.Drain()
		text := t.String()
		if end := strings.LastIndexByte(text, '\n') + 1; end > t.met {
			s.names.show(text[t.met:end])
			t.met = end
		}
	}
}

// fail ends the script: the program with that name did not do what was waited for.
func (s *session) fail(name, what string, err error) {
	t := s.terminals[name]
	if errors.Is(err, lesson.ErrEnded) {
		err := t.program.Wait(context.Background())
		s.took(name)
		s.fatalf("%s ended (%s) before it could %s", name, state(err), what)
	}
	at := t.whereabouts()
	s.took(name)
	s.fatalf("%s did not %s before the script's %v were over%s", name, what, s.within, at)
}

// clientArgs returns the arguments with which a client finds its server. One
// that is not told an address takes its default, as the reader's would; but the
// server that the script started is elsewhere.
func (s *session) clientArgs(name string, args []string) []string {
	shown, rest := cutAddr(args)
	if shown == "" && s.cast.foreign == nil {
		shown = s.defaultAddr(name)
	}
	rest = s.names.realArgs(rest)
	if shown == "" {
		return rest
	}
	real, err := shown, error(nil)
	if !s.powerless { // what it is refused must be what it asked for
		real, err = s.names.realAddr(shown)
	}
	s.must(err)
	return append([]string{"-addr", real}, rest...)
}

// cutAddr takes the flag -addr out of a program's arguments, and returns its
// value, or "".
func cutAddr(args []string) (addr string, rest []string) {
	for i, arg := range args {
		if two, ok := strings.CutPrefix(arg, "--"); ok { // the same to package flag
			arg = "-" + two
		}
		if v, ok := strings.CutPrefix(arg, "-addr="); ok {
			return v, slices.Concat(args[:i], args[i+1:])
		}
		if arg == "-addr" && i+1 < len(args) {
			return args[i+1], slices.Concat(args[:i], args[i+2:])
		}
	}
	return "", args
}

var defaults sync.Map // executable → default of -addr

// helpAddr is lesson.DefaultAddr, which it asks once for each program.
func helpAddr(ctx context.Context, exe string, env []string) string {
	if addr, ok := defaults.Load(exe); ok {
		return addr.(string)
	}
	addr := lesson.DefaultAddr(ctx, exe, env)
	if ctx.Err() != nil { // it was cut off, and may have more to tell another time
		return ""
	}
	defaults.Store(exe, addr)
	return addr
}
