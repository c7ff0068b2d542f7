package check

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// JSON writes the report for programs, in the shape of Exercism's results.json,
// version 3: https://exercism.org/docs/building/tooling/test-runners/interface
func (r *Report) JSON(w io.Writer, reveal Reveal) error {
	type test struct {
		Name    string  `json:"name"`
		Status  string  `json:"status"` // pass, fail or, not run, error
		Message *string `json:"message"`
	}
	results := struct {
		Version int     `json:"version"`
		Status  string  `json:"status"`
		Message *string `json:"message"`
		Tests   []test  `json:"tests"`
	}{Version: 3, Status: "pass", Tests: []test{}}
	for _, p := range r.Phases {
		t := test{Name: p.Role + ": " + p.Name, Status: "pass"}
		switch p.Status {
		case Failed:
			results.Status, t.Status = "fail", "fail"
			t.Message = r.message(p, reveal)
		case NotRun:
			t.Status = "error"
			why := "not tried: an earlier promise was broken"
			t.Message = &why
		}
		results.Tests = append(results.Tests, t)
	}
	if r.Err != nil {
		text := r.Err.Error()
		results.Status, results.Message = "error", &text
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(results)
}

// message explains a failed phase, if that is to be told.
func (r *Report) message(p Phase, reveal Reveal) *string {
	if reveal == None {
		return nil
	}
	text := strings.TrimSpace(r.explain(p, reveal))
	return &text
}

// JUnit writes the report in the XML that JUnit made common, as the schema of
// the Jenkins plug-in has it: one suite, a case for each phase.
func (r *Report) JUnit(w io.Writer, reveal Reveal) error {
	type failure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	type testcase struct {
		Class   string    `xml:"classname,attr"`
		Name    string    `xml:"name,attr"`
		Failure *failure  `xml:"failure"`
		Error   *failure  `xml:"error"`
		Skipped *struct{} `xml:"skipped"`
	}
	suite := struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Time     string     `xml:"time,attr"`
		Cases    []testcase `xml:"testcase"`
	}{Name: r.Title, Tests: len(r.Phases), Time: fmt.Sprintf("%.3f", r.Took.Seconds())}
	for _, p := range r.Phases {
		c := testcase{Class: r.Title + "." + p.Role, Name: p.Name}
		switch p.Status {
		case Failed:
			suite.Failures++
			c.Failure = &failure{Message: "promise broken"}
			if text := r.message(p, reveal); text != nil {
				c.Failure.Text = *text
			}
		case NotRun:
			suite.Skipped++
			c.Skipped = &struct{}{}
		}
		suite.Cases = append(suite.Cases, c)
	}
	if r.Err != nil {
		suite.Tests++
		suite.Errors++
		suite.Cases = append(suite.Cases, testcase{Class: r.Title, Name: "It can be checked.",
			Error: &failure{Message: "nothing could be checked", Text: r.Err.Error()}})
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(suite); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}
