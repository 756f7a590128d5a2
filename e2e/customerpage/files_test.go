package customerpage

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cobrowse-connector/e2e/people"
)

func (s *service) giveFile(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer t-1" || r.PathValue("id") != "d2" {
		reply(w, http.StatusNotFound, object{"reason": "file_gone"})
		return
	}
	io.WriteString(w, "INVOICE")
}

func (s *service) takeFile(w http.ResponseWriter, r *http.Request) {
	content, _ := io.ReadAll(r.Body)
	s.files <- fmt.Sprint(r.PathValue("id"), " ", r.Header.Get("Authorization"), " ", r.Header.Get("Content-Disposition"), " ", string(content))
	w.WriteHeader(http.StatusNoContent)
}

func download(id, name, state string, done, all int) object {
	return object{"type": "download", "id": id, "name": name, "bytes": done, "total": all, "state": state}
}

func TestDownloadsInTheCustomersPage(t *testing.T) {
	for _, d := range devices {
		t.Run(d.name, func(t *testing.T) {
			s := newService(t)
			p := people.New(t, "files "+d.name, d.screen)
			speaking(p, "en")
			saved := p.SavesFiles()
			peer := s.sharing(p, int(d.screen.Width), 752)
			shared(t, p, peer, d)
			refused := download("d3", "setup.exe", "refused", 0, 0)
			refused["reason"] = "type"
			peer.say(download("d1", "photos of the old machine, all of them, 2019-2026.zip", "running", 3<<20, 12<<20), download("d2", "invoice.pdf", "ready", 48_000, 48_000), refused)
			p.Hears("3.0 MB of 12.0 MB")
			p.Hears("47 KB")
			p.Hears("files of this kind can do harm")
			look(t, p, "files")
			p.Press("Save invoice.pdf")
			people.Eventually(t, "it is saved", func() error {
				content, err := os.ReadFile(filepath.Join(saved, "invoice.pdf"))
				if err == nil && string(content) != "INVOICE" {
					err = errors.New(string(content))
				}
				return err
			})
			p.Press("Cancel photos")
			if m := peer.hear("cancel_download"); m["id"] != "d1" {
				t.Errorf("%v", m)
			}
			peer.say(download("d1", "photos.zip", "cancelled", 3<<20, 12<<20))
			p.Hears("Cancelled")
			p.Press("Hide the list of files")
			p.Gone(".files-card")
			look(t, p, "files-away")
			p.Press("Files: 3")
			p.Hears("invoice.pdf")
			p.Press("Hide the list of files")
			peer.say(download("d4", "next.pdf", "ready", 10, 10))
			p.Hears("next.pdf")
		})
	}
}

func TestUploadsInTheCustomersPage(t *testing.T) {
	for _, d := range devices {
		t.Run(d.name, func(t *testing.T) {
			s := newService(t)
			p := people.New(t, "uploads "+d.name, d.screen)
			speaking(p, "en")
			peer := s.sharing(p, int(d.screen.Width), 752)
			peer.say(object{"type": "participants", "participants": []object{customerView, agentView}})
			shared(t, p, peer, d)
			wanted := object{"type": "upload_wanted", "id": "u1", "multiple": false, "accept": ".pdf", "largest": 20, "tab": "1", "by": "customer"}
			peer.say(wanted)
			p.Hears("The page asks for a file")
			p.Hears("Ana Ribeiro does not see what is in it")
			look(t, p, "upload")
			p.Until("it has the keyboard", `document.activeElement.textContent === 'Choose a file'`)
			if accept := people.Eval[string](p, `document.querySelector('.upload input').accept`); accept != ".pdf" {
				t.Errorf("accept is %q", accept)
			}
			p.Chooses(".upload input", "large.pdf", "more than twenty bytes")
			p.Hears("large.pdf is too large")
			p.Chooses(".upload input", "carta nº 1.pdf", "LETTER")
			select {
			case got := <-s.files:
				if want := "u1 Bearer t-1 attachment; filename*=UTF-8''carta%20n%C2%BA%201.pdf LETTER"; got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			case <-time.After(patience):
				t.Fatal("nothing was sent")
			}
			if m := peer.hear("upload"); m["id"] != "u1" || m["give"] != true {
				t.Errorf("%v", m)
			}
			peer.say(object{"type": "upload_wanted", "id": ""})
			p.Gone(".upload")
			wanted["id"], wanted["by"] = "u2", "agent"
			peer.say(wanted)
			p.See(".upload")
			p.Until("the page keeps the keyboard", `document.activeElement.className.includes('live-keyboard')`)
			p.Press("No file")
			if m := peer.hear("upload"); m["id"] != "u2" || m["give"] != false {
				t.Errorf("%v", m)
			}
		})
	}
}

// TestCopiesInTheCustomersPage: the browser takes it at once, or wants a press on a button.
func TestCopiesInTheCustomersPage(t *testing.T) {
	for _, d := range devices {
		t.Run(d.name, func(t *testing.T) {
			s := newService(t)
			p := people.New(t, "copies "+d.name, d.screen)
			speaking(p, "en")
			peer := s.sharing(p, int(d.screen.Width), 752)
			shared(t, p, peer, d)
			people.Eval[bool](p, `(navigator.clipboard.writeText = async (text) => { if (window.strict) throw new DOMException('no', 'NotAllowedError'); window.copied = text }, true)`)
			peer.say(object{"type": "copied", "text": "CL-20388"})
			p.Until("it is copied", `window.copied === 'CL-20388'`)
			people.Eval[bool](p, `(window.strict = true)`)
			peer.say(object{"type": "copied", "text": "CL-20389"})
			p.Hears("Copied. Press here to take it")
			look(t, p, "copied")
			people.Eval[bool](p, `(window.strict = false, true)`)
			p.Press("Copied")
			p.Until("it is copied", `window.copied === 'CL-20389'`)
			p.Gone(".live-copied")
		})
	}
}
