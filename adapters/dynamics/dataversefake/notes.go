package dataversefake

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	maxBlock  = 4 << 20
	maxInline = 4 << 20 // bytes of Base64 in one request; longer files go in blocks
)

// limits are organization.maxuploadfilesize and blockedattachments.
func limits(st *state) (upload int, blocked []string) {
	for r, v := range st.rows {
		if r.Table == "organization" {
			n, _ := v["maxuploadfilesize"].(json.Number)
			upload, _ = strconv.Atoi(n.String())
			list, _ := v["blockedattachments"].(string)
			return upload, strings.Split(list, ";")
		}
	}
	return defaultUpload, nil
}

var (
	tooBig  = &fault{http.StatusBadRequest, "0x80044a02", "Attachment file size is too big."}
	blocked = &fault{http.StatusBadRequest, "0x80043e09", "The attachment is either not a valid type or is blocked by the administrator."}
)

// checkInline refuses a file that came in the record itself and is too long for that.
func checkInline(t *Table, values row) *fault {
	if body, _ := values["documentbody"].(string); t.LogicalName == "annotation" && len(body) > maxInline {
		return &fault{http.StatusRequestEntityTooLarge, "", "Request Entity Too Large"}
	}
	return nil
}

// checkAttachment holds the rules of a note's file; the limit counts the Base64 text.
func (s *Server) checkAttachment(st *state, t *Table, v row) *fault {
	if t.LogicalName != "annotation" {
		return nil
	}
	max, extensions := limits(st)
	if name, _ := v["filename"].(string); name != "" && slices.Contains(extensions, strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))) {
		return blocked
	}
	body, _ := v["documentbody"].(string)
	if len(body) > max {
		return tooBig
	}
	raw, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return bad("0x80044a01", "The document body is not Base64.")
	}
	if body != "" {
		v["filesize"], v["isdocument"] = json.Number(strconv.Itoa(len(raw))), true
	}
	return nil
}

// upload is one upload in blocks that is under way.
type upload struct {
	of     ref    // the record that the file goes to: a note, or one with a column for files
	column string // of such a record
	owner  string // whoever began it goes on with it
	name   string
	mime   string
	blocks map[string][]byte
	idLen  int
	begun  time.Time
}

// uploadLife is how long a continuation token and the blocks under it are known. That they end is assumed: how long the real ones last is
// documented nowhere, nor which code says that they have ended, so that refused argument stands for it.
const (
	uploadLife      = time.Hour
	refusedArgument = "0x80040203"
)

type action func(s *Server, q *request) *reply

var actions = map[string]action{
	"InitializeAnnotationBlocksUpload":   (*Server).initUpload,
	"UploadBlock":                        (*Server).uploadBlock,
	"CommitAnnotationBlocksUpload":       (*Server).commitUpload,
	"InitializeAnnotationBlocksDownload": (*Server).initDownload,
	"DownloadBlock":                      (*Server).downloadBlock,
	"InitializeFileBlocksUpload":         (*Server).initFileUpload,
	"CommitFileBlocksUpload":             (*Server).commitFileUpload,
	"InitializeFileBlocksDownload":       (*Server).initFileDownload,
	"DeleteFile":                         (*Server).deleteFile,
}

func (s *Server) act(q *request, a action) *reply {
	if f := checkOptions(q, nil); f != nil {
		return f.reply()
	}
	return a(s, q)
}

type blockBody struct {
	Target struct {
		Type         string `json:"@odata.type"`
		AnnotationID string `json:"annotationid"`
		Filename     string `json:"filename"`
		Mimetype     string `json:"mimetype"`
		Documentbody string `json:"documentbody"`
	}
	BlockID               string `json:"BlockId"`
	BlockData             string
	BlockList             []string
	Offset, BlockLength   int
	FileContinuationToken string
}

func decodeBlock(q *request) (blockBody, *fault) {
	var in blockBody
	if err := json.NewDecoder(bytes.NewReader(q.body)).Decode(&in); err != nil {
		return in, bad("0x80048d19", "Error identified in Payload provided by the user: %v", err)
	}
	return in, nil
}

// note finds the note of a Target; an upload goes into a note that is there.
func (s *Server) note(q *request, in blockBody) (ref, row, *fault) {
	id, ok := parseGUID(in.Target.AnnotationID)
	if !ok || in.Target.Type != "Microsoft.Dynamics.CRM.annotation" {
		return ref{}, nil, bad("0x80048d19", "Target must be an annotation with its annotationid and @odata.type.")
	}
	r := ref{"annotation", id}
	v, f := s.readable(q, s.tables["annotation"], r)
	return r, v, f
}

func (s *Server) initUpload(q *request) *reply {
	in, f := decodeBlock(q)
	if f != nil {
		return f.reply()
	}
	r, _, f := s.note(q, in)
	if f != nil {
		return f.reply()
	}
	if in.Target.Documentbody != "" {
		return bad("0x80048d19", "Target must not hold a documentbody.").reply()
	}
	if f := s.checkAttachment(q.st, s.tables["annotation"], row{"filename": in.Target.Filename}); f != nil {
		return f.reply()
	}
	return s.begin(q, "InitializeAnnotationBlocksUploadResponse", nil,
		&upload{of: r, name: in.Target.Filename, mime: in.Target.Mimetype, blocks: map[string][]byte{}})
}

func (s *Server) begin(q *request, kind string, more map[string]any, u *upload) *reply {
	token := s.open(q, u)
	out := map[string]any{"@odata.context": q.base + "/$metadata#Microsoft.Dynamics.CRM." + kind, "FileContinuationToken": token}
	for k, v := range more {
		out[k] = v
	}
	return jsonReply(http.StatusOK, out)
}

// open keeps an upload, or a download, under a token of its own.
func (s *Server) open(q *request, u *upload) string {
	token := uuid.NewString()
	u.owner, u.begun = q.who.user.ID, s.now()
	s.uploads[token] = u
	return token
}

func (s *Server) running(q *request, token string) (*upload, *fault) {
	u, ok := s.uploads[token]
	if !ok || u.owner != q.who.user.ID || s.now().Sub(u.begun) >= uploadLife {
		return nil, bad(refusedArgument, "The file continuation token is not valid.")
	}
	return u, nil
}

func (s *Server) uploadBlock(q *request) *reply {
	in, f := decodeBlock(q)
	if f != nil {
		return f.reply()
	}
	u, f := s.running(q, in.FileContinuationToken)
	if f != nil {
		return f.reply()
	}
	id, err := base64.StdEncoding.DecodeString(in.BlockID)
	if err != nil || len(id) == 0 || len(id) > 64 || (u.idLen != 0 && len(id) != u.idLen) {
		return bad(refusedArgument, "A block id is Base64 of at most 64 bytes, and all ids of one upload are equally long.").reply()
	}
	data, err := base64.StdEncoding.DecodeString(in.BlockData)
	if err != nil || len(data) > maxBlock {
		return bad(refusedArgument, "A block is Base64 of at most 4 MB.").reply()
	}
	u.idLen, u.blocks[in.BlockID] = len(id), data
	return noContent()
}

func (s *Server) commitUpload(q *request) *reply {
	in, f := decodeBlock(q)
	if f != nil {
		return f.reply()
	}
	u, f := s.running(q, in.FileContinuationToken)
	if f != nil {
		return f.reply()
	}
	r, _, f := s.note(q, in)
	if f != nil {
		return f.reply()
	}
	if r != u.of {
		return bad("0x80048d19", "Target is another note than the upload began with.").reply()
	}
	whole, f := u.whole(in.BlockList)
	if f != nil {
		return f.reply()
	}
	values := row{"filename": u.name, "mimetype": u.mime, "documentbody": base64.StdEncoding.EncodeToString(whole)}
	if f := s.change(q, s.tables["annotation"], r, values); f != nil {
		return f.reply()
	}
	delete(s.uploads, in.FileContinuationToken)
	return jsonReply(http.StatusOK, map[string]any{
		"@odata.context": q.base + "/$metadata#Microsoft.Dynamics.CRM.CommitAnnotationBlocksUploadResponse",
		"AnnotationId":   r.ID, "FileSizeInBytes": len(whole)})
}

func (s *Server) initDownload(q *request) *reply {
	in, f := decodeBlock(q)
	if f != nil {
		return f.reply()
	}
	r, v, f := s.note(q, in)
	if f != nil {
		return f.reply()
	}
	body, _ := v["documentbody"].(string)
	if body == "" {
		return notFound("annotation With Id = %s has no file", r.ID).reply()
	}
	raw, _ := base64.StdEncoding.DecodeString(body) // checked when it was written
	more := map[string]any{"FileSizeInBytes": len(raw), "FileName": v["filename"]}
	return s.begin(q, "InitializeAnnotationBlocksDownloadResponse", more, &upload{of: r, blocks: map[string][]byte{"": raw}})
}

func (s *Server) downloadBlock(q *request) *reply {
	in, f := decodeBlock(q)
	if f != nil {
		return f.reply()
	}
	u, f := s.running(q, in.FileContinuationToken)
	if f != nil {
		return f.reply()
	}
	raw := u.blocks[""]
	if in.Offset < 0 || in.Offset > len(raw) || in.BlockLength <= 0 {
		return bad(refusedArgument, "There is no such block.").reply()
	}
	end := min(in.Offset+in.BlockLength, len(raw))
	return jsonReply(http.StatusOK, map[string]any{
		"@odata.context": q.base + "/$metadata#Microsoft.Dynamics.CRM.DownloadBlockResponse",
		"Data":           base64.StdEncoding.EncodeToString(raw[in.Offset:end])})
}

// whole joins an upload's blocks in the order of a list.
func (u *upload) whole(list []string) ([]byte, *fault) {
	var whole []byte
	for _, id := range list {
		block, ok := u.blocks[id]
		if !ok {
			return nil, bad(refusedArgument, "The block list names a block that was not uploaded.")
		}
		whole = append(whole, block...)
	}
	return whole, nil
}
