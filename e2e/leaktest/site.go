package leaktest

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Hosts of the case pages. Each is a site of its own to a browser, and most have rules of their own in the policies.
const (
	home        = "127.0.0.2"
	other       = "127.0.0.3" // another site: its frames run in a process of their own
	inputsHost  = "127.0.0.11"
	textHost    = "127.0.0.12"
	listedHost  = "127.0.0.13"
	paymentHost = "127.0.0.14"
	requestHost = "127.0.0.15"
	shopHost    = "127.0.0.16" // the ordinary sites
)

var hosts = []string{home, other, inputsHost, textHost, listedHost, paymentHost, requestHost, shopHost}

// site serves the pages of the cases under all hosts and knows what happens on them.
type site struct {
	port int

	mu     sync.Mutex
	served int
	visits map[string]*visit // by folder
	news   chan struct{}     // closed and replaced when anything happened
}

// visit is one showing of a case's page.
type visit struct {
	host    string
	dir     string
	pages   map[string]string // by file
	loaded  int
	fired   int
	fences  int
	asked   int
	command []string // scripts that the page has not run yet
	answers map[int]json.RawMessage
}

func newSite(t testing.TB) *site {
	s := &site{visits: map[string]*visit{}, news: make(chan struct{})}
	for i, host := range hosts {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", fmt.Sprintf("%s:%d", host, s.port))
		if err != nil {
			t.Fatalf("the case pages need %s of this machine: %v", host, err)
		}
		if i == 0 {
			s.port = l.Addr().(*net.TCPAddr).Port
		}
		server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
		go func() { _ = server.Serve(l) }()
		t.Cleanup(func() { _ = server.Close() })
	}
	return s
}

// addresses are host and port of every host, as a policy's Private wants them.
func (s *site) addresses() []string {
	var all []string
	for _, host := range hosts {
		all = append(all, fmt.Sprintf("%s:%d", host, s.port))
	}
	return all
}

// serve makes a visit. In its texts HERE is the case's folder, OTHER the same folder on another site, PAY, REQ and TEXT those on the hosts
// of payment frames, of request rules and of a site that shows no text, FIRE the address that counts, MARKER the case's sign in the picture, CARD# and the like what is
// secret.
func (s *site) serve(n int, dir, host, body string, files map[string]string) (*visit, string) {
	s.mu.Lock()
	s.served++
	dir = fmt.Sprintf("/%s-%d/", dir, s.served)
	s.mu.Unlock()
	at := func(host string) string { return fmt.Sprintf("http://%s:%d%s", host, s.port, dir) }
	fill := strings.NewReplacer("HERE", at(host), "OTHER", at(other), "PAY", at(paymentHost), "REQ", at(requestHost), "TEXT", at(textHost),
		"FIRE", at(host)+"fired",
		"CARD#", card, "IBAN#", iban, "CPF#", cpf, "MAIL#", email, "PHONE#", phone, "PASS#", pass, "WORD#", word, "MARKERSVG", markerSVG(n), "MARKER", markerBox(n))
	v := &visit{host: host, dir: dir, pages: map[string]string{}, answers: map[int]json.RawMessage{}}
	if !strings.HasPrefix(body, "<!doctype") {
		body = head + body
	}
	v.pages[""] = fill.Replace(strings.Replace(body, "HELPER", helper, 1))
	for name, text := range files {
		v.pages[name] = fill.Replace(strings.Replace(text, "HELPER", helper, 1))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visits[dir] = v
	return v, at(host)
}

// changed tells everybody who waits. Caller holds mu.
func (s *site) changed() {
	close(s.news)
	s.news = make(chan struct{})
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	dir, file := split(r.URL.Path)
	s.mu.Lock()
	v := s.visits[dir]
	s.mu.Unlock()
	if v == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	if strings.HasSuffix(file, "/fired") {
		file = "fired"
	}
	switch file {
	case "fired", "loaded", "fence", "told":
		s.heard(v, file, r)
		w.Header().Set("Content-Type", "text/plain")
		_, _ = fmt.Fprint(w, "ok")
	case "ask":
		s.command(v, w, r)
	default:
		s.page(v, file, w, r)
	}
}

// split parts a path into a visit's folder and the rest.
func split(path string) (dir, file string) {
	parts := strings.SplitN(path, "/", 3)
	if len(parts) < 3 {
		return path, ""
	}
	return "/" + parts[1] + "/", parts[2]
}

func (s *site) heard(v *visit, what string, r *http.Request) {
	if r.Method == http.MethodOptions {
		return
	}
	var answer json.RawMessage
	if what == "told" {
		_ = json.NewDecoder(r.Body).Decode(&answer)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch what {
	case "fired":
		v.fired++
	case "loaded":
		v.loaded++
	case "fence":
		v.fences++
	case "told":
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		v.answers[n] = answer
	}
	s.changed()
}

// askTime is how long a page's question for something to do stays open.
const askTime = 20 * time.Second

// command hands the page's helper its next script.
func (s *site) command(v *visit, w http.ResponseWriter, r *http.Request) {
	late := time.After(askTime)
	for {
		s.mu.Lock()
		news := s.news
		if v.asked < len(v.command) && r.Context().Err() == nil {
			n := v.asked
			v.asked++
			s.mu.Unlock()
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{"n": n, "js": v.command[n]})
			return
		}
		s.mu.Unlock()
		select {
		case <-news:
		case <-late:
			w.WriteHeader(http.StatusNoContent)
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (s *site) page(v *visit, file string, w http.ResponseWriter, r *http.Request) {
	body, ok := v.pages[file]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", contentType(file))
	w.Header().Set("Cache-Control", "no-store")
	if to, is := strings.CutPrefix(body, "redirect "); is {
		http.Redirect(w, r, to, http.StatusFound)
		return
	}
	if strings.HasSuffix(file, ".csv") {
		w.Header().Set("Content-Disposition", `attachment; filename="`+file+`"`)
	}
	first, rest, streamed := strings.Cut(body, "<!--pause-->")
	_, _ = fmt.Fprint(w, first)
	for streamed {
		w.(http.Flusher).Flush()
		select { // a slow server: the case is about what the parser shows meanwhile
		case <-time.After(150 * time.Millisecond):
			first, rest, streamed = strings.Cut(rest, "<!--pause-->")
			_, _ = fmt.Fprint(w, first)
		case <-r.Context().Done():
			return
		}
	}
}

func contentType(file string) string {
	for end, kind := range map[string]string{
		".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript", ".json": "application/json", ".csv": "text/csv", ".txt": "text/plain",
		".xhtml": "application/xhtml+xml", ".xml": "application/xml", ".pdf": "application/pdf",
	} {
		if strings.HasSuffix(file, end) {
			return kind
		}
	}
	return "text/html; charset=utf-8"
}

// await waits until cond holds, which is looked at after everything that happens on the site.
func (s *site) await(limit time.Duration, cond func() bool) bool {
	late := time.After(limit)
	for {
		s.mu.Lock()
		news, ok := s.news, cond()
		s.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-news:
		case <-late:
			return false
		}
	}
}

// eval runs a script in the visit's page, by the helper that stands in it, and returns its value. A promise is awaited.
func (s *site) eval(v *visit, js string) (json.RawMessage, error) {
	s.mu.Lock()
	n := len(v.command)
	v.command = append(v.command, js)
	s.changed()
	s.mu.Unlock()
	if !s.await(patience, func() bool { _, ok := v.answers[n]; return ok }) {
		return nil, fmt.Errorf("the page did not run %.80q", js)
	}
	s.mu.Lock()
	answer := v.answers[n]
	s.mu.Unlock()
	var failed struct{ Failed string }
	if json.Unmarshal(answer, &failed) == nil && failed.Failed != "" {
		return nil, fmt.Errorf("%.80q: %s", js, failed.Failed)
	}
	return answer, nil
}

func (s *site) count(get func() int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return get()
}

// head begins every case's page: what is secret is magenta (class s), what must stay visible is cyan (class k).
const head = `<!doctype html><meta charset=utf-8><title>case</title><style>
body{font:bold 22px sans-serif;color:#222;margin:30px 8px}.s,.s *{color:#f0f}.k{color:#0bb}a:not(.s){color:#222}
input.s,textarea.s,select.s,button.s{font:inherit;width:300px}.box{display:inline-block;width:60px;height:60px}</style>
HELPER<script>function fire(){const x=new XMLHttpRequest();x.open('POST','FIRE',false);x.send()}</script>MARKER`

// helper lets the test run scripts in the page and tells it when the page has loaded and when the pointer came to its corner. It keeps
// what it needs before any script of the case can replace it.
const helper = `<script>(()=>{const F=fetch.bind(window),E=eval,J=JSON.stringify,S=setTimeout,D='HERE';
const post=(p,b)=>F(D+p,{method:'POST',body:b,keepalive:true}).catch(()=>{});
addEventListener('load',()=>S(()=>post('loaded','')));
addEventListener('mousemove',e=>{if(e.clientX<14&&e.clientY<14)post('fence','')},true);
(async()=>{for(;;){try{const r=await F(D+'ask');if(r.status==204)continue;const c=await r.json();let v;
try{v=await E(c.js)}catch(e){v={failed:String(e)}}await post('told?n='+c.n,J(v)??'null')}catch(e){await new Promise(f=>S(f,100))}}})()
})()</script>`
