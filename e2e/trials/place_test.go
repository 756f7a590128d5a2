package trials

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/adapters/dynamics/dataversefake"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/e2e/people"
)

const (
	slug       = "acme"
	deskKeyID  = "desk"
	deskSecret = "0123456789abcdef0123456789abcdef"
	deskOrigin = "https://desk.example"

	agentUser = "1b6f8f5e-6b1d-4b6e-9d39-0d1f1c7a0001"
	agentOID  = "1b6f8f5e-6b1d-4b6e-9d39-0d1f1c7a00a1"
	callID    = "3c0d5a52-3f0c-4a39-8a0e-5b7b2f1e0002"
	caseID    = "7d9e1a64-2c57-4c0b-9a55-6f2a3b4c0002"
	contactID = "9f1c2b7a-41d8-4a7e-8f3d-2a5b6c7d0002"

	patience = time.Minute // the machine may be busy with other tests
)

// program is the product, built once for all trials.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "trials-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // nothing can be done about it
	program = filepath.Join(dir, "connector")
	if out, err := exec.Command("go", "build", "-o", program, "cobrowse-connector/connector").CombinedOutput(); err != nil { //nolint:noctx // the tests' own time limit
		fmt.Fprintf(os.Stderr, "the product does not build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// place is one installation of the product: its data, its address, its desk and a site to look at. The service may be started,
// killed and started again on it.
type place struct {
	t       *testing.T
	dir     string
	url     string
	listen  string
	site    *httptest.Server
	crm     *dataversefake.Server
	crmHTTP *httptest.Server
	service *service
	extra   []string // of the service's environment
}

func newPlace(t *testing.T) *place {
	t.Helper()
	dir, err := os.MkdirTemp("", "trial-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// A killed service's Chromium ends a little after it and may still write.
		people.Eventually(t, "the folder goes", func() error { return os.RemoveAll(dir) })
	})
	if err := os.Chmod(dir, 0o711); err != nil { // the browser's user passes through
		t.Fatal(err)
	}
	p := &place{t: t, dir: dir, listen: freeAddress(t), crm: newCRM()}
	p.url = "http://" + p.listen
	p.site = newSite(t)
	p.crmHTTP = httptest.NewServer(p.crm)
	t.Cleanup(p.crmHTTP.Close)
	p.found()
	return p
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // at once
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // only its number is needed
	return l.Addr().String()
}

func newCRM() *dataversefake.Server {
	s := dataversefake.New()
	s.AddTable(dynamics.DefaultTable, dataversefake.CobrowseColumns(dynamics.DefaultTable, dynamics.Columns))
	s.AddUser(dataversefake.User{ID: agentUser, ObjectID: agentOID, Name: "Ana Ribeiro"})
	s.AddContact(contactID, "Martin", "Weber")
	s.AddCase(dataversefake.Case{ID: caseID, Title: "Change of address", Number: "CAS-1", Contact: contactID})
	s.AddConversation(dataversefake.Conversation{ID: callID, Subject: "Call", Voice: true, Agent: agentUser, Case: caseID, Contact: contactID})
	return s
}

// letterMark stands in a file that the site gives.
const letterMark = "Wombat8264Ljubljana"

// storedMark is what the site stores in the browser.
const storedMark = "Numbat5519Reykjavik"

// storing is a page that does so in every way that there is.
const storing = `<!doctype html><title>…</title><script>(async () => {
	const mark = %q;
	localStorage.kept = mark; sessionStorage.kept = mark; history.replaceState({ mark }, '');
	await new Promise((done) => { const db = indexedDB.open('kept'); db.onupgradeneeded = () => db.result.createObjectStore('all').put(mark.repeat(999), 1); db.onsuccess = done });
	await (await caches.open('kept')).put('/kept', new Response(mark.repeat(999)));
	const file = await (await (await navigator.storage.getDirectory()).getFileHandle('kept', { create: true })).createWritable();
	await file.write(mark); await file.close();
	await navigator.serviceWorker.register('/sw.js'); await navigator.serviceWorker.ready;
	document.title = 'Stored';
})().catch((e) => { document.title = String(e) })</script>`

// newSite has a page that moves, so that pictures keep coming, with a field, an account to sign in to, a page that takes memory without end, one that stores what it can, and one that
// never answers.
func newSite(t *testing.T) *httptest.Server {
	t.Helper()
	over := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /never", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-over:
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("GET /busy", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, busy)
	})
	mux.HandleFunc("GET /letter", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", "attachment; filename=letter.txt")
		fmt.Fprint(w, strings.Repeat(letterMark+"\n", 500))
	})
	mux.HandleFunc("GET /attach", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><title>Attach</title><style>body{margin:0}input{display:block;width:600px;height:200px}</style>
			<input type=file onchange="this.files[0].text().then((text) => document.title = 'got ' + text.length)">`)
	})
	mux.HandleFunc("GET /store", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "kept", Value: storedMark, MaxAge: 3600}) //nolint:gosec // no TLS here
		w.Header().Set("Cache-Control", "max-age=3600")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, storing, storedMark)
	})
	mux.HandleFunc("GET /sw.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintf(w, "self.mark = %q; addEventListener('install', (e) => e.waitUntil(caches.open('sw').then((c) => c.put('/sw', new Response(self.mark)))))", storedMark)
	})
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "Martin", HttpOnly: true}) //nolint:gosec // no TLS here
		fmt.Fprint(w, `<script>localStorage.cart = 'red shoes'; location.replace('/account')</script>`)
	})
	var visits atomic.Int32
	mux.HandleFunc("GET /account", func(w http.ResponseWriter, r *http.Request) {
		name := "nobody"
		if sid, err := r.Cookie("sid"); err == nil {
			name = sid.Value
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>…</title><h1>0</h1><script>document.title = 'Visit %d, ' + %q + ': ' + localStorage.cart;
			let n=0; setInterval(() => document.querySelector('h1').textContent = ++n, 200)</script>`, visits.Add(1), html.EscapeString(name))
	})
	mux.HandleFunc("GET /hungry", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><title>Hungry</title><script>const all = [];
			setInterval(() => { try { all.push(new Uint8Array(6e7).fill(1)) } catch { /* it wants more */ } }, 50)</script>`)
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><title>Shop</title><style>input{position:absolute;left:0;top:0;width:600px;height:200px}</style>
			<input><h1 style="margin-top:300px">0</h1>
			<script>let n=0; setInterval(() => document.querySelector('h1').textContent = ++n, 200)</script>`)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(func() { close(over); s.Close() })
	return s
}

func bare(address string) string { return strings.TrimPrefix(address, "http://") }

// found imports the company as an operator does.
func (p *place) found() {
	p.t.Helper()
	credentials, err := json.Marshal(map[string]string{"token": p.crm.Token()})
	if err != nil {
		p.t.Fatal(err)
	}
	type deskDocument struct {
		KeyID       string          `json:"keyId"`
		Secret      string          `json:"secret"`
		Credentials json.RawMessage `json:"credentials"`
	}
	type companyDocument struct {
		company.Settings
		Desk deskDocument `json:"desk"`
	}
	document, err := json.Marshal(map[string]any{"companies": []companyDocument{{
		company.Settings{
			Slug: slug, Name: "Acme", Languages: []string{"en"}, Recording: live.RecordingAsk, StartURL: p.site.URL + "/",
			Origins: []string{deskOrigin}, DeskKind: "dynamics", DeskURL: p.crmHTTP.URL,
			Policy: cobrowse.Policy{Private: []string{bare(p.site.URL)}},
		},
		deskDocument{deskKeyID, deskSecret, credentials},
	}}})
	if err != nil {
		p.t.Fatal(err)
	}
	file := filepath.Join(p.dir, "company.json")
	if err := os.WriteFile(file, document, 0o600); err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.CommandContext(p.t.Context(), program, "company", "import", file)
	cmd.Env = p.environment()
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("company import: %v\n%s", err, out)
	}
}

func (p *place) dataDir() string { return filepath.Join(p.dir, "data") }
func (p *place) workDir() string { return filepath.Join(p.dir, "work") }

func (p *place) environment() []string {
	return append(append(os.Environ(), p.extra...), "COBROWSE_LISTEN="+p.listen, "COBROWSE_PUBLIC_URL="+p.url, "COBROWSE_DATA_DIR="+p.dataDir(),
		"COBROWSE_WORK_DIR="+p.workDir(), "COBROWSE_WARM=0", "COBROWSE_LOG_LEVEL=debug")
}

// service is one run of the program.
type service struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when err is set
	err    error

	mu  sync.Mutex
	log bytes.Buffer
}

// start runs `connector serve` until the test ends it, at the latest with itself.
func (p *place) start() {
	p.t.Helper()
	s := &service{cmd: exec.Command(program, "serve"), exited: make(chan struct{})} //nolint:noctx // it ends with a signal
	s.cmd.Env = p.environment()
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	serving := make(chan struct{})
	go s.follow(bufio.NewReader(stderr), serving)
	p.service = s
	p.t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // it has ended, mostly
		<-s.exited
		if p.t.Failed() {
			p.t.Logf("the service's log:\n%s", s.tail())
		}
	})
	select {
	case <-serving:
	case <-s.exited:
		p.t.Fatalf("the service ended before it served: %v\n%s", s.err, s.tail())
	case <-time.After(patience):
		p.t.Fatal("the service does not serve")
	}
}

// follow keeps the log and reaps the process.
func (s *service) follow(log *bufio.Reader, serving chan<- struct{}) {
	defer close(s.exited)
	for {
		line, err := log.ReadBytes('\n')
		s.mu.Lock()
		s.log.Write(line)
		s.mu.Unlock()
		if serving != nil && bytes.Contains(line, []byte(`"msg":"serving"`)) {
			close(serving)
			serving = nil
		}
		if err != nil {
			break
		}
	}
	s.err = s.cmd.Wait()
}

// said is all that the service has logged.
func (s *service) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

func (s *service) tail() string {
	text := s.said()
	return text[max(0, len(text)-16<<10):]
}

// kill is what an operator's or the kernel's kill -9 does.
func (p *place) kill() {
	p.t.Helper()
	if err := p.service.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
	<-p.service.exited
}

// stop asks the service to end and tells how it did.
func (p *place) stop() error {
	p.t.Helper()
	if err := p.service.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	select {
	case <-p.service.exited:
	case <-time.After(patience):
		p.t.Fatal("the service does not end")
	}
	return p.service.err
}

// launch is what the desk signs; change may spoil it.
func (p *place) launch(change func(*auth.Launch)) string {
	p.t.Helper()
	now := time.Now()
	l := auth.Launch{
		Issuer: deskKeyID, Audience: p.url, IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix(), ID: fmt.Sprint(now.UnixNano()),
		Company: slug, Agent: auth.LaunchAgent{ID: agentOID, Name: "Ana Ribeiro", Role: cobrowse.RoleAgent},
		Conversation: callID, Channel: "voice", Origin: deskOrigin,
	}
	if change != nil {
		change(&l)
	}
	signed, err := auth.Sign(company.Key{ID: deskKeyID, Secret: []byte(deskSecret)}, l)
	if err != nil {
		p.t.Fatal(err)
	}
	return signed
}
