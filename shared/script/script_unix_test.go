//go:build unix

package script

import (
	"errors"
	"regexp"
	"strconv"
	"syscall"
	"testing"

	"bothends/shared/lesson/lessontest"
)

func TestUnix(t *testing.T) {
	lessontest.Slow(t)
	playAll(t, []test{
		{"limit files", `
limit files 20
! run puppet files=50
stdout '^too many$'
run puppet files=50
`, nil},
		{"limit something", `
limit memory 20
`, []string{"usage: limit files N"}},
		{"limit nothing", `
limit files 0
`, []string{"usage: limit files N"}},
		{"whereabouts", `
open puppet hang
await puppet ready
late
finish puppet
`, []string{"[stdout]\nready\n\nFAIL: ", "puppet did not end before the script's 10s were over: it is at puppet/main.go:40 (IO wait)\n"}},
		{"not read", `
open puppet 'sigint=> '
await puppet '> '
late
type -times 100000 puppet 1234567890
`, []string{"puppet did not read what was typed before the script's 10s were over"}},
	})
}

// TestNobodyLeft checks that a script that fails leaves no program running.
func TestNobodyLeft(t *testing.T) {
	t.Parallel()
	ok, log := play(t, Limit, `
open puppet@1 pid hang
await puppet@1 ready
open puppet@2 pid sigint=ready\n
await puppet@2 ready
exists nothing
`)
	if ok {
		t.Error("passed")
	}
	pids := regexp.MustCompile(`(?m)^pid (\d+)$`).FindAllStringSubmatch(log, -1)
	if len(pids) < 2 {
		t.Fatalf("two programs should have told who they are:\n%s", log)
	}
	for _, m := range pids {
		pid, _ := strconv.Atoi(m[1])
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("program %d is there still: %v", pid, err)
		}
	}
}
