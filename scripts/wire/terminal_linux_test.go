package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"bothends/shared/lesson/lessontest"

	"golang.org/x/sys/unix"
)

// terminal runs a command in a terminal that wide. It returns the keyboard, a
// function that waits until the screen has shown text behind what was awaited
// before, and one that waits for the end and returns all that was shown.
func terminal(t *testing.T, width uint16, cmd *exec.Cmd) (keys *os.File, await func(text string), end func() string) {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	lessontest.Need(t, err)
	t.Cleanup(func() { keys.Close() })
	fd := int(keys.Fd()) // from here on, it waits in the system
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: width})
	}
	lessontest.Need(t, err)
	screen, err := os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	lessontest.Need(t, err)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, screen, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	err = cmd.Start()
	screen.Close()
	if err != nil {
		t.Fatal(err)
	}
	overdue := time.AfterFunc(limit, func() { cmd.Process.Kill() })
	var shown []byte
	seen := 0
	more := func() bool {
		buf := make([]byte, 4096)
		n, err := keys.Read(buf) // an error once nobody has the terminal any more
		shown = append(shown, buf[:n]...)
		return err == nil
	}
	await = func(text string) {
		t.Helper()
		for {
			if i := strings.Index(string(shown[seen:]), text); i >= 0 {
				seen += i + len(text)
				return
			}
			if !more() {
				t.Fatalf("it ended before it showed %q:\n%s", text, shown)
			}
		}
	}
	end = func() string {
		for more() {
		}
		cmd.Wait()
		overdue.Stop()
		return strings.ReplaceAll(string(shown), "\r\n", "\n")
	}
	return keys, await, end
}

// TestTerminal types into terminals, and presses Ctrl-C.
func TestTerminal(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	for width, want := range map[uint16]string{
		90: `server                           wire                    client
listening on A
                                 <── connect ──────────
B connected
                                                         from B to
                                                           A
                                                         > four
                                 <── "four\n" ─────────
B said "four"
                                 ── "OK\n" ───────────>
                                                         "OK\n"
                                                         > ^C
`,
		70: `server │ listening on A
  wire │ client → server  connect
server │ B connected
client │ from B to A
client │ > four
  wire │ client → server  "four\n"
server │ B said "four"
  wire │ server → client  "OK\n"
client │ "OK\n"
client │ > ^C
`,
	} {
		cmd := command(t, "talk", []string{"NO_COLOR=1", "TERM=xterm", "POLITE=1"})
		keys, await, end := terminal(t, width, cmd)
		await("> ")
		fmt.Fprintln(keys, "four")
		await(`"OK\n"`)
		await("> ")
		fmt.Fprint(keys, "\x03")
		out := end()
		if status := cmd.ProcessState.ExitCode(); status != 130 { // the client does not catch it
			t.Errorf("the status is %d", status)
		}
		// The ends that Ctrl-C brings about come above the prompt, in either order.
		out, rest, _ := strings.Cut(out, "^C")
		if got := shown(erased.ReplaceAllString(out, "")) + "^C\n"; got != want {
			t.Errorf("%d\ngot:\n%s\nwant:\n%s", width, got, want)
		}
		if strings.Contains(rest, "connect") {
			t.Errorf("%d: and then\n%s", width, rest)
		}
	}
}
