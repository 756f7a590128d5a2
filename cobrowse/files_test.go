package cobrowse_test

import (
	"io"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/cobrowsetest"
)

func letter(state cobrowse.DownloadState) cobrowse.DownloadEvent {
	return cobrowse.DownloadEvent{Download: cobrowse.Download{ID: "d1", Name: "secret.pdf", Bytes: 3, State: state, Tab: "t1"}}
}

// TestDownloadsAreTheCustomers: the others learn that there was one.
func TestDownloadsAreTheCustomers(t *testing.T) {
	for names, want := range map[bool]string{false: "", true: "•••.pdf"} {
		change := func(c *cobrowse.Config, _ *scene) { c.Policy.AgentSeesFileNames = names }
		play(t, change, func(sc *scene) {
			customer, agent := sc.live()
			sc.b.Emit(letter(cobrowse.DownloadRunning))
			if _, _, err := sc.s.Downloaded(sc.t.Context(), ana.ID, "d1"); reasonOf(err) != "file_gone" {
				t.Errorf("one that is not complete: %v", err)
			}
			sc.b.Emit(letter(cobrowse.DownloadReady))
			got := only[cobrowse.DownloadChanged](customer.heard())
			if len(got) != 1 || got[0].Name != "secret.pdf" || got[0].State != cobrowse.DownloadReady {
				t.Errorf("the customer gets %+v", got)
			}
			others := agent.heard()
			notices := only[cobrowse.Notice](others)
			if len(notices) != 1 || notices[0].Code != "download" || notices[0].Params["name"] != want || len(only[cobrowse.DownloadChanged](others)) > 0 {
				t.Errorf("the agent gets %+v", others)
			}
			if told := sc.tracked("notice"); len(told) != 1 || told[0].What != "download" {
				t.Errorf("recorded: %+v", told)
			}
			if _, _, err := sc.s.Downloaded(sc.t.Context(), bo.ID, "d1"); reasonOf(err) != "no_right" {
				t.Errorf("the agent opens it: %v", err)
			}
			d, file, err := sc.s.Downloaded(sc.t.Context(), ana.ID, "d1")
			if err != nil {
				t.Fatal(err)
			}
			if content, _ := io.ReadAll(file); string(content) != "d1" || d.Name != "secret.pdf" {
				t.Errorf("%s %+v", content, d)
			}
			if got := reasonOf(agent.do(cobrowse.CancelDownload{ID: "d1"})); got != "no_right" {
				t.Errorf("the agent cancels it: %q", got)
			}
			customer.must(cobrowse.CancelDownload{ID: "d1"})
			customer.leave()
			if got := only[cobrowse.DownloadChanged](sc.join(ana).heard()); len(got) != 1 {
				t.Errorf("after coming back: %+v", got)
			}
			customer.sc.s.End("test")
			if _, _, err := sc.s.Downloaded(sc.t.Context(), ana.ID, "d1"); reasonOf(err) != "session_over" {
				t.Errorf("after the end: %v", err)
			}
		})
	}
}

// TestDownloadOnThePrivatePage: that there was one is the customer's business, too.
func TestDownloadOnThePrivatePage(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sc.b.Withhold("t1")
		agent.heard()
		sc.b.Emit(letter(cobrowse.DownloadRunning))
		sc.b.Emit(cobrowse.UploadWantedEvent{Wanted: cobrowse.UploadWanted{ID: "u1", Tab: "t1"}})
		if got := customer.heard(); len(only[cobrowse.DownloadChanged](got)) != 1 || len(only[cobrowse.UploadAsked](got)) != 1 {
			t.Errorf("the customer gets %+v", got)
		}
		if got := only[cobrowse.Notice](agent.heard()); len(got) > 0 || len(sc.tracked("notice")) > 1 { // page_private
			t.Errorf("the agent gets %+v", got)
		}
	})
}

// TestUploadsAreTheCustomers: whoever pressed the field, the customer is asked.
func TestUploadsAreTheCustomers(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sc.b.Emit(cobrowse.UploadWantedEvent{Wanted: cobrowse.UploadWanted{ID: "u1", Tab: "t1", Accept: ".pdf"}})
		if got := only[cobrowse.UploadAsked](customer.heard()); len(got) != 1 || got[0].Accept != ".pdf" {
			t.Errorf("the customer gets %+v", got)
		}
		others := agent.heard()
		if notices := only[cobrowse.Notice](others); len(notices) != 1 || notices[0].Code != "upload_wanted" || len(only[cobrowse.UploadAsked](others)) > 0 {
			t.Errorf("the agent gets %+v", others)
		}
		if err := sc.s.Upload(sc.t.Context(), bo.ID, "u1", "a.pdf", strings.NewReader("A")); reasonOf(err) != "no_right" {
			t.Errorf("the agent's file: %v", err)
		}
		if err := sc.s.Upload(sc.t.Context(), ana.ID, "u0", "a.pdf", strings.NewReader("A")); reasonOf(err) != "upload_gone" {
			t.Errorf("for nothing: %v", err)
		}
		if err := sc.s.Upload(sc.t.Context(), ana.ID, "u1", "a.pdf", strings.NewReader("A")); err != nil {
			t.Error(err)
		}
		if got := reasonOf(agent.do(cobrowse.EndUpload{ID: "u1", Give: true})); got != "no_right" {
			t.Errorf("the agent ends it: %q", got)
		}
		customer.must(cobrowse.EndUpload{ID: "u1", Give: true})
		for _, want := range []cobrowsetest.Done{{What: "upload", Arg: "u1 a.pdf: A"}, {What: "give upload", Arg: "u1"}} {
			if err := sc.b.Await(sc.t.Context(), func(d cobrowsetest.Done) bool { return d == want }); err != nil {
				t.Errorf("%+v: %v", want, err)
			}
		}
		if got := only[cobrowse.UploadAsked](customer.heard()); len(got) != 1 || got[0].ID != "" {
			t.Errorf("it is not taken back: %+v", got)
		}
		if got := reasonOf(customer.do(cobrowse.EndUpload{ID: "u1", Give: true})); got != "upload_gone" {
			t.Errorf("a second time: %q", got)
		}
	})
}
