package browser

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// givingSite serves a page with buttons, one below the other, that each give a file in another way.
func givingSite(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, `<!doctype html><title>Files</title><style>body{margin:0}a{display:block;height:50px;background:#eee}</style>
				<a id=0 href="/letter">letter</a>
				<a id=1 download="made.txt">blob</a>
				<a id=2 download="note.csv" href="data:text/csv,a%2CDATA-MARK">data</a>
				<a id=3 href="/program">program</a>
				<a id=4 href="/huge">huge</a>
				<a id=5 href="/slow">slow</a>
				<a id=6 href="/bill.pdf" download>bill</a>
				<script>document.getElementById(1).href = URL.createObjectURL(new Blob(["BLOB-MARK"]))</script>`)
		case "/letter":
			w.Header().Set("Content-Disposition", `attachment; filename*=UTF-8''Fatura%20n%C2%BA%201.pdf`)
			w.Header().Set("Content-Type", "application/pdf")
			fmt.Fprint(w, strings.Repeat("LETTER-MARK ", 20_000))
		case "/bill.pdf":
			w.Header().Set("Content-Type", "application/pdf")
			fmt.Fprint(w, "%PDF-BILL")
		case "/program":
			w.Header().Set("Content-Disposition", `attachment; filename="setup.EXE"`)
			fmt.Fprint(w, "MZ")
		case "/huge", "/slow":
			w.Header().Set("Content-Disposition", "attachment; filename="+r.URL.Path[1:]+".zip")
			w.Header().Set("Content-Type", "application/zip")
			size := 8192
			if r.URL.Path == "/huge" {
				size = largestFile + 1
			}
			w.Header().Set("Content-Length", fmt.Sprint(size))
			fmt.Fprint(w, strings.Repeat("begun...", 512))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// pressRow presses one of the buttons of givingSite.
func (r *rig) pressRow(by cobrowse.Role, row int) {
	r.t.Helper()
	for _, kind := range []cobrowse.InputKind{cobrowse.InputDown, cobrowse.InputUp} {
		r.act(r.shownTab(), by, cobrowse.InputEvent{Kind: kind, X: 40, Y: float64(row)*50 + 25, Clicks: 1})
	}
}

// ended waits for the end of the download with this name.
func (r *rig) ended(name string) cobrowse.Download {
	r.t.Helper()
	return await(r, name, func(e cobrowse.DownloadEvent) bool { return e.Download.Name == name && e.Download.Over() }).Download
}

func (r *rig) mustRead(id string) string {
	r.t.Helper()
	file, err := r.Downloaded(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(content)
}

func TestDownloads(t *testing.T) {
	s := givingSite(t)
	l := testLauncher(t)
	l.config.PDFViewer = []byte(plainViewer)
	r := launchBy(t, l, Spec{Policy: cobrowse.Policy{RefusedFiles: []string{"exe"}}})
	open(t, r, s.URL)
	for _, want := range []struct {
		row           int
		name, content string
	}{
		{0, "Fatura nº 1.pdf", strings.Repeat("LETTER-MARK ", 20_000)}, {1, "made.txt", "BLOB-MARK"}, {2, "note.csv", "a,DATA-MARK"}, {6, "bill.pdf", "%PDF-BILL"},
	} {
		r.pressRow(cobrowse.RoleCustomer, want.row)
		d := r.ended(want.name)
		if d.State != cobrowse.DownloadReady || d.Tab != r.shownTab() || d.Bytes != int64(len(want.content)) || r.mustRead(d.ID) != want.content {
			t.Errorf("%s: %+v", want.name, d)
		}
	}
	r.pressRow(cobrowse.RoleCustomer, 3)
	if d := r.ended("setup.EXE"); d.State != cobrowse.DownloadRefused || d.Reason != cobrowse.RefusedType {
		t.Errorf("program: %+v", d)
	}
	r.pressRow(cobrowse.RoleCustomer, 4)
	if d := r.ended("huge.zip"); d.State != cobrowse.DownloadRefused || d.Reason != cobrowse.RefusedSize {
		t.Errorf("huge: %+v", d)
	}
	folder := r.running().process.folder
	for _, dir := range []string{folder.sealed(""), filepath.Join(folder.home(), downloadsFolder)} { // Chromium's cache is the profile's
		if left := marked(t, dir, "LETTER-MARK", "BLOB-MARK"); len(left) > 0 {
			t.Errorf("plain content is left in %v", left)
		}
	}
	if _, err := r.Downloaded(t.Context(), "d5"); cobrowse.ReasonOf(err) != "file_gone" {
		t.Errorf("a refused one: %v", err)
	}
}

func TestDownloadIsCancelled(t *testing.T) {
	s := givingSite(t)
	r := launch(t, Spec{})
	open(t, r, s.URL)
	r.pressRow(cobrowse.RoleCustomer, 5)
	d := await(r, "it begins", func(e cobrowse.DownloadEvent) bool { return true }).Download
	if err := r.CancelDownload(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	if d := r.ended("slow.zip"); d.State != cobrowse.DownloadCancelled {
		t.Errorf("%+v", d)
	}

	// So it is with one that is being sealed at that moment.
	late := &download{chrome: r.running(), guid: "late", Download: cobrowse.Download{ID: "d9", State: cobrowse.DownloadCancelled}}
	path := filepath.Join(late.chrome.process.folder.home(), late.plain())
	if err := errors.Join(os.WriteFile(path, []byte("late"), 0o600), os.Lchown(path, late.chrome.process.uid, -1)); err != nil {
		t.Fatal(err)
	}
	r.keepDownload(late)
	for _, path := range []string{path, late.sealed()} {
		if _, err := os.Stat(path); late.State != cobrowse.DownloadCancelled || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is there: %v, %+v", path, err, late)
		}
	}
}

// TestDownloadsGoWithTheirChromium: the one after it has another folder and another key.
func TestDownloadsGoWithTheirChromium(t *testing.T) {
	s := givingSite(t)
	r := launch(t, Spec{})
	open(t, r, s.URL)
	r.pressRow(cobrowse.RoleCustomer, 1)
	d := r.ended("made.txt")
	r.forget()
	r.running().process.kill()
	if lost := r.ended("made.txt"); lost.ID != d.ID || lost.State != cobrowse.DownloadFailed {
		t.Errorf("%+v", lost)
	}
	await(r, "the next Chromium", func(e cobrowse.LostEvent) bool { return e.Restored })
	if _, err := r.Downloaded(t.Context(), d.ID); cobrowse.ReasonOf(err) != "file_gone" {
		t.Errorf("%v", err)
	}
}

// TestGuardedDownload: what a server answers is known to no guard in the page.
func TestGuardedDownload(t *testing.T) {
	s := givingSite(t)
	r := launch(t, Spec{Policy: cobrowse.Policy{Guards: []cobrowse.GuardRule{{ID: "files", Downloads: true}}}})
	open(t, r, s.URL)
	r.pressRow(cobrowse.RoleAgent, 0)
	refused := await(r, "refusal", func(e cobrowse.RefusedEvent) bool { return e.Refusal.Rule == "files" })
	if refused.Refusal.Name != "Fatura nº 1.pdf" {
		t.Errorf("%+v", refused)
	}
	r.pressRow(cobrowse.RoleCustomer, 0)
	if d := r.ended("Fatura nº 1.pdf"); d.ID != "d1" || d.State != cobrowse.DownloadReady {
		t.Errorf("the customer's: %+v", d)
	}
}

// TestDownloadsAreNoWayOut: a Chromium that was taken over shows the service something that is no file of its own.
func TestDownloadsAreNoWayOut(t *testing.T) {
	home := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, make := range map[string]func(string) error{
		"symlink":  func(path string) error { return os.Symlink(secret, path) },
		"hardlink": func(path string) error { return os.Link(secret, path) },
		"folder":   func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		if err := make(filepath.Join(home, name)); err != nil {
			t.Fatal(err)
		}
		if f, err := openTheirs(home, name, os.Getuid()); err == nil {
			t.Errorf("%s is opened", name)
			_ = f.Close()
		}
	}
	if _, err := openTheirs(home, "../"+filepath.Base(filepath.Dir(secret))+"/secret", os.Getuid()); err == nil {
		t.Error("a way out is opened")
	}
}

func TestFileNames(t *testing.T) {
	long := strings.Repeat("é", 200)
	for given, want := range map[string]string{
		"../../etc/passwd": "_.._etc_passwd", "": "file", "...": "file", "a\u202efdp.exe": "afdp.exe", "x\x00y\n.txt": "xy.txt",
		`C:\docs\a.txt`: "C__docs_a.txt", " invoice.pdf. ": "invoice.pdf", long + ".pdf": strings.Repeat("é", 73) + ".pdf",
	} {
		if got := fileName(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

// open is openPage, for a tab of which no name is needed.
func open(t *testing.T, r *rig, address string) {
	t.Helper()
	r.openPage(address)
}

// marked are the files below a folder that hold one of the words.
func marked(t *testing.T, folder string, words ...string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil // Chromium's files come and go
		}
		content, _ := os.ReadFile(path)
		for _, word := range words {
			if strings.Contains(string(content), word) {
				found = append(found, path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
