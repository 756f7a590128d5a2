package dataversefake

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"

	"github.com/google/uuid"
)

const maxBatch = 1000

// part is one operation of a batch, or a change set of several.
type part struct {
	req       *request
	contentID string
	set       []part // a change set when not nil
}

// batch runs the parts of a $batch in order. It stops at the first error unless the client prefers to go on.
func (s *Server) batch(q *request) *reply {
	if q.method != http.MethodPost {
		return methodNotAllowed(q)
	}
	if f := onlyCRLF(q.body); f != nil {
		return f.reply()
	}
	parts, f := s.parts(q, q.header.Get("Content-Type"), q.body, true)
	if f != nil {
		return f.reply()
	}
	goOn := strings.Contains(q.header.Get("Prefer"), "odata.continue-on-error")
	out, status := newMixed("batchresponse"), http.StatusOK
	for _, p := range parts {
		ok := s.runPart(q, p, out)
		if !ok && !goOn {
			status = http.StatusBadRequest
			break
		}
	}
	return out.reply(status)
}

func (s *Server) runPart(q *request, p part, out *mixed) bool {
	if p.set != nil {
		return s.runSet(p.set, out)
	}
	p.req.st = s.data
	a := s.route(p.req)
	out.add(a, "")
	return a.status < 400
}

// runSet runs a change set: all of it or nothing. A failed one answers with the one error.
func (s *Server) runSet(set []part, out *mixed) bool {
	began := len(s.data.changed)
	inner := newMixed("changesetresponse")
	created := map[string]string{}
	for _, p := range set {
		if f := resolve(p.req, created); f != nil {
			s.data.takeBack(began)
			out.add(f.reply(), "")
			return false
		}
		p.req.st = s.data
		a := s.route(p.req)
		if a.status >= 400 {
			s.data.takeBack(began)
			out.add(a, "")
			return false
		}
		if id := a.header.Get("OData-EntityId"); id != "" && p.contentID != "" {
			created["$"+p.contentID] = id[strings.LastIndex(id, "/"):]
		}
		inner.add(a, p.contentID)
	}
	out.nest(inner)
	return true
}

var contentRef = regexp.MustCompile(`"(\$[0-9]+)"`)

// resolve puts the records that earlier parts made in the place of their Content-IDs.
func resolve(q *request, created map[string]string) *fault {
	if strings.HasPrefix(q.path, "$") {
		head, rest, _ := strings.Cut(q.path, "/")
		to, ok := created[head]
		if !ok {
			return bad("", "Content-ID Reference: '%s' does not exist in the batch context.", head)
		}
		q.path = strings.TrimSuffix(strings.TrimPrefix(to, "/")+"/"+rest, "/")
	}
	var missing string
	q.body = contentRef.ReplaceAllFunc(q.body, func(m []byte) []byte {
		to, ok := created[string(m[1:len(m)-1])]
		if !ok {
			missing = string(m[1 : len(m)-1])
		}
		return []byte(`"` + to + `"`)
	})
	if missing != "" {
		return bad("", "Content-ID Reference: '%s' does not exist in the batch context.", missing)
	}
	return nil
}

func onlyCRLF(body []byte) *fault {
	for i, c := range body {
		if c == '\n' && (i == 0 || body[i-1] != '\r') {
			return bad("0x80048d19", "The lines of a batch end in CR LF.")
		}
	}
	return nil
}

func (s *Server) parts(q *request, contentType string, body []byte, outer bool) ([]part, *fault) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/mixed" || params["boundary"] == "" {
		return nil, bad("0x80048d19", "A batch is multipart/mixed with a boundary.")
	}
	var out []part
	mr := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		mp, err := mr.NextRawPart()
		if err == io.EOF {
			return out, nil
		}
		if err != nil || len(out) == maxBatch {
			return nil, bad("0x80048d19", "The batch is broken off or longer than %d operations.", maxBatch)
		}
		p, f := s.part(q, mp, outer)
		if f != nil {
			return nil, f
		}
		out = append(out, p)
	}
}

func (s *Server) part(q *request, mp *multipart.Part, outer bool) (part, *fault) {
	body, err := io.ReadAll(mp)
	if err != nil {
		return part{}, bad("0x80048d19", "The batch is broken off.")
	}
	kind := mp.Header.Get("Content-Type")
	if strings.HasPrefix(kind, "multipart/mixed") && outer {
		set, f := s.parts(q, kind, body, false)
		if f == nil && len(set) == 0 {
			f = bad("0x80048d19", "A change set is empty.")
		}
		return part{set: set}, f
	}
	if kind != "application/http" || mp.Header.Get("Content-Transfer-Encoding") != "binary" {
		return part{}, bad("0x80048d19", "A part is application/http in binary.")
	}
	id := mp.Header.Get("Content-ID")
	if !outer && id == "" {
		return part{}, bad("0x80048d19", "A part of a change set has a Content-ID.")
	}
	req, f := innerRequest(q, body)
	if f == nil && !outer && req.method == http.MethodGet {
		f = bad("0x80048d19", "A change set holds no GET.")
	}
	return part{req: req, contentID: id}, f
}

// innerRequest reads the HTTP request inside a part. It runs for the caller of the whole batch.
func innerRequest(q *request, body []byte) (*request, *fault) {
	br := bufio.NewReader(bytes.NewReader(body))
	tp := textproto.NewReader(br)
	line, err := tp.ReadLine()
	words := strings.Fields(line)
	if err != nil || len(words) != 3 || words[2] != "HTTP/1.1" {
		return nil, bad("0x80048d19", "A part begins with a request line.")
	}
	header, err := tp.ReadMIMEHeader()
	if err != nil && err != io.EOF {
		return nil, bad("0x80048d19", "A part has broken headers.")
	}
	rest, _ := io.ReadAll(br)
	u, err := url.Parse(words[1])
	if err != nil {
		return nil, bad("0x80048d19", "A part has a broken address.")
	}
	path, ok := servicePath(u.Path)
	if !ok {
		path = strings.TrimPrefix(u.Path, "/")
	}
	if len(bytes.TrimSpace(rest)) > 0 && !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		return nil, bad("0x80048d19", "A part with a body is application/json.")
	}
	return &request{method: words[0], path: path, query: u.Query(), header: http.Header(header), body: bytes.TrimSpace(rest), who: q.who, base: q.base}, nil
}

// mixed writes a multipart answer.
type mixed struct {
	boundary string
	buf      bytes.Buffer
}

func newMixed(prefix string) *mixed { return &mixed{boundary: prefix + "_" + uuid.NewString()} }

func (m *mixed) add(a *reply, contentID string) {
	fmt.Fprintf(&m.buf, "--%s\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n", m.boundary)
	if contentID != "" {
		fmt.Fprintf(&m.buf, "Content-ID: %s\r\n", contentID)
	}
	fmt.Fprintf(&m.buf, "\r\nHTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	_ = a.header.Write(&m.buf) // into memory
	fmt.Fprintf(&m.buf, "\r\n%s\r\n", a.body)
}

func (m *mixed) nest(inner *mixed) {
	fmt.Fprintf(&m.buf, "--%s\r\nContent-Type: multipart/mixed; boundary=%s\r\n\r\n%s--%s--\r\n", m.boundary, inner.boundary, inner.buf.Bytes(), inner.boundary)
}

func (m *mixed) reply(status int) *reply {
	fmt.Fprintf(&m.buf, "--%s--\r\n", m.boundary)
	return &reply{status: status, body: m.buf.Bytes(), header: http.Header{
		"Content-Type": {"multipart/mixed; boundary=" + m.boundary}, "Odata-Version": {"4.0"}}}
}
