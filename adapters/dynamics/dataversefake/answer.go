package dataversefake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/google/uuid"
)

// request is one operation: a whole HTTP request, or a part of a batch.
type request struct {
	method string
	path   string // after the version
	query  url.Values
	header http.Header
	body   []byte
	who    caller
	base   string // address of the service, with the version
	st     *state // the data to work on: a copy while a change set runs
	extra  row    // values of a new record that its place in a larger body gives it
}

// reply is one answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (a *reply) with(name, value string) *reply {
	a.header.Set(name, value)
	return a
}

func (a *reply) write(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client is gone if this fails
}

func noContent() *reply {
	return &reply{status: http.StatusNoContent, header: http.Header{"Odata-Version": {"4.0"}}}
}

func jsonReply(status int, v any) *reply {
	body, err := json.Marshal(v)
	if err != nil {
		panic("dataversefake: " + err.Error()) // only our own maps come here
	}
	return &reply{status: status, body: body, header: http.Header{
		"Content-Type": {"application/json; odata.metadata=minimal"}, "Odata-Version": {"4.0"}}}
}

// fault is an error answer of Dataverse.
type fault struct {
	status  int
	code    string // "0x…" or ""
	message string
}

func (f *fault) reply() *reply {
	return jsonReply(f.status, map[string]any{"error": map[string]string{"code": f.code, "message": f.message}}).
		with("REQ_ID", uuid.NewString())
}

func bad(code, format string, args ...any) *fault {
	return &fault{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) *fault {
	return &fault{http.StatusNotFound, "0x80040217", fmt.Sprintf(format, args...)}
}

func forbidden(code, format string, args ...any) *fault {
	return &fault{http.StatusForbidden, code, fmt.Sprintf(format, args...)}
}
