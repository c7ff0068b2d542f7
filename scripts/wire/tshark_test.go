package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bothends/shared/lesson"
	"bothends/shared/lesson/lessontest"
)

// TestShark has tshark read a capture of each lesson.
func TestShark(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	_, err := exec.LookPath("tshark")
	lessontest.Need(t, err)
	root, err := lesson.Root()
	if err != nil {
		t.Fatal(err)
	}
	lessons, err := lesson.All(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lessons {
		t.Run(l.Name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.pcapng")
			exe, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), exe, "-pcap", file, l.Name)
			cmd.Env = append(os.Environ(), "WIRE=main")
			cmd.Dir = l.Dir
			cmd.Stdin = strings.NewReader("hello\nclose\n") // in most, nobody reads it
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v:\n%s", err, out)
			}
			if bad := shark(t, file, "-Y", "tcp.checksum.status != Good || udp.checksum.status != Good || ip.checksum.status != Good || _ws.malformed || _ws.expert.severity >= 0x600000"); bad != "" {
				t.Errorf("tshark objects to\n%s", bad)
			}
			if !strings.Contains(shark(t, file, "-T", "fields", "-e", "frame.comment"), "server printed: listening on ") {
				t.Error("no comments")
			}
			flow := "flow,tcp,standard"
			if shark(t, file, "-Y", "tcp") == "" {
				flow = "flow,any,standard"
			}
			graph := shark(t, file, "-q", "-z", flow)
			if !strings.Contains(graph, "-->") || !strings.Contains(graph, "<--") {
				t.Errorf("arrows one way, or none:\n%s", graph)
			}
		})
	}
}

// shark returns what tshark prints about a file.
func shark(t *testing.T, file string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "tshark", append([]string{"-n", "-r", file,
		"-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"}, args...)...)
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v:\n%s", err, &errors)
	}
	return string(out)
}
