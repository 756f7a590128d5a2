package dataversefake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// File columns, as far as the documentation prints requests about them: powerapps-docs/developer/data-platform/file-column-data.md. A record
// has the file's id, and under the column's name and _name the file's name; the file is a record of its own.

const (
	fileType   = "File" // of a column
	chunkSize  = 4 << 20
	attachment = "fileattachment"
)

// AddFileColumn gives a table a column for files of at most so many KB.
func (s *Server) AddFileColumn(table, column string, maxKB int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := Column{Type: "String", ReadOnly: true}
	t := s.tables[table]
	t.Columns[column], t.Columns[column+"_name"] = Column{Type: fileType, ReadOnly: true, MaxLength: maxKB}, text
	s.tables[attachment] = &Table{LogicalName: attachment, EntitySet: attachment + "s", PrimaryID: attachment + "id", Columns: map[string]Column{
		attachment + "id": {Type: "Uniqueidentifier"}, "createdon": {Type: "DateTime", ReadOnly: true}, "mimetype": text, "filename": text,
		"regardingfieldname": text, "filesizeinbytes": {Type: "BigInt", ReadOnly: true}, "objectid": {Type: "Lookup", ReadOnly: true}}}
	t.Collections = maps.Clone(t.Collections) // as all organisations share the ones that tables come with
	t.Collections[table+"_FileAttachments"] = Lookup{"objectid", attachment}
}

// fileBody is what the messages about file columns take.
type fileBody struct {
	Target                map[string]any
	FileName              string
	FileAttributeName     string
	MimeType              string
	FileID                string
	BlockList             []string
	FileContinuationToken string
}

// fileTarget reads a message and finds the record and the column of its Target.
func (s *Server) fileTarget(q *request) (in fileBody, r ref, v row, f *fault) {
	if err := json.Unmarshal(q.body, &in); err != nil {
		return in, ref{}, nil, bad("0x80048d19", "Error identified in Payload provided by the user: %v", err)
	}
	kind, _ := in.Target["@odata.type"].(string)
	t := s.tables[strings.TrimPrefix(kind, "Microsoft.Dynamics.CRM.")]
	if t == nil || t.Columns[in.FileAttributeName].Type != fileType {
		return in, ref{}, nil, bad("0x80048d19", "Target has no column '%s' for files.", in.FileAttributeName)
	}
	text, _ := in.Target[t.PrimaryID].(string)
	id, ok := parseGUID(text)
	if !ok {
		return in, ref{}, nil, bad("0x80048d19", "Target has no %s.", t.PrimaryID)
	}
	r = ref{t.LogicalName, id}
	v, f = s.readable(q, t, r)
	return in, r, v, f
}

func (s *Server) initFileUpload(q *request) *reply {
	in, r, _, f := s.fileTarget(q)
	if f != nil {
		return f.reply()
	}
	return s.begin(q, "InitializeFileBlocksUploadResponse", nil,
		&upload{of: r, column: in.FileAttributeName, name: in.FileName, blocks: map[string][]byte{}})
}

func (s *Server) commitFileUpload(q *request) *reply {
	var in fileBody
	if err := json.Unmarshal(q.body, &in); err != nil {
		return bad("0x80048d19", "Error identified in Payload provided by the user: %v", err).reply()
	}
	u, f := s.running(q, in.FileContinuationToken)
	if f != nil {
		return f.reply()
	}
	whole, f := u.whole(in.BlockList)
	if f != nil {
		return f.reply()
	}
	id, f := s.storeFile(q, u, in.MimeType, whole)
	if f != nil {
		return f.reply()
	}
	delete(s.uploads, in.FileContinuationToken)
	return jsonReply(http.StatusOK, map[string]any{
		"@odata.context": q.base + "/$metadata#Microsoft.Dynamics.CRM.CommitFileBlocksUploadResponse", "FileId": id, "FileSizeInBytes": len(whole)})
}

// storeFile puts a file into its column, in the place of the one before it.
func (s *Server) storeFile(q *request, u *upload, mime string, content []byte) (string, *fault) {
	t := s.tables[u.of.Table]
	if u.name == "" || u.column == "" {
		return "", bad("0x80048d19", "A file in a column has a name.")
	}
	if _, extensions := limits(q.st); slices.Contains(extensions, strings.ToLower(strings.TrimPrefix(path.Ext(u.name), "."))) {
		return "", blocked
	}
	if len(content) > t.Columns[u.column].MaxLength<<10 {
		return "", tooBig
	}
	id := uuid.NewString()
	if f := s.change(q, t, u.of, row{u.column: id, u.column + "_name": u.name}); f != nil {
		return "", f
	}
	s.dropFile(q.st, u.of, u.column)
	q.st.put(ref{attachment, id}, row{"filename": u.name, "mimetype": mime, "filesizeinbytes": len(content), "regardingfieldname": u.column,
		"objectid": u.of, "createdon": stamp(s.now()), "content": content})
	return id, nil
}

// dropFile removes the record of a column's file, if there is one.
func (s *Server) dropFile(st *state, of ref, column string) {
	for r, v := range st.rows {
		if r.Table == attachment && v["objectid"] == of && v["regardingfieldname"] == column {
			st.remove(r)
		}
	}
}

// fileOf is the record of the file in a column.
func (s *Server) fileOf(q *request, v row, column string) (row, *fault) {
	id, _ := v[column].(string)
	file, exists := q.st.get(ref{attachment, id})
	if !exists {
		return nil, notFound("No file attachment found for attribute: %s", column)
	}
	return file, nil
}

func (s *Server) initFileDownload(q *request) *reply {
	in, r, v, f := s.fileTarget(q)
	if f != nil {
		return f.reply()
	}
	file, f := s.fileOf(q, v, in.FileAttributeName)
	if f != nil {
		return f.reply()
	}
	more := map[string]any{"FileSizeInBytes": file["filesizeinbytes"], "FileName": file["filename"], "IsChunkingSupported": true}
	return s.begin(q, "InitializeFileBlocksDownloadResponse", more, &upload{of: r, blocks: map[string][]byte{"": file["content"].([]byte)}})
}

func (s *Server) deleteFile(q *request) *reply {
	var in fileBody
	if err := json.Unmarshal(q.body, &in); err != nil {
		return bad("0x80048d19", "Error identified in Payload provided by the user: %v", err).reply()
	}
	file, exists := q.st.get(ref{attachment, in.FileID})
	if !exists {
		return notFound("%s With Id = %s Does Not Exist", attachment, in.FileID).reply()
	}
	return s.emptyFileColumn(q, file["objectid"].(ref), file["regardingfieldname"].(string))
}

func (s *Server) emptyFileColumn(q *request, of ref, column string) *reply {
	if f := s.change(q, s.tables[of.Table], of, row{column: nil, column + "_name": nil}); f != nil {
		return f.reply()
	}
	s.dropFile(q.st, of, column)
	return noContent()
}

// fileColumn serves set(id)/column of a column for files, whose content is at $value.
func (s *Server) fileColumn(q *request, r ref, v row, column, tail string) *reply {
	if f := checkOptions(q, []string{"x-ms-file-name", "sessiontoken"}); f != nil {
		return f.reply()
	}
	switch {
	case q.method == http.MethodGet && tail == "$value":
		file, f := s.fileOf(q, v, column)
		if f != nil {
			return f.reply()
		}
		return download(q, file)
	case q.method == http.MethodPatch && tail == "":
		return s.patchFile(q, r, column)
	case q.method == http.MethodDelete && tail == "":
		return s.emptyFileColumn(q, r, column)
	}
	return methodNotAllowed(q)
}

// patchFile takes a file in one request, begins one in chunks, or takes a chunk.
func (s *Server) patchFile(q *request, r ref, column string) *reply {
	name := q.header.Get("x-ms-file-name")
	if inAddress := q.query.Get("x-ms-file-name"); inAddress != "" {
		name = inAddress
	}
	u := &upload{of: r, column: column, name: name, blocks: map[string][]byte{}}
	if token := q.query.Get("sessiontoken"); token != "" {
		return s.chunk(q, token)
	}
	if q.header.Get("x-ms-transfer-mode") == "chunked" {
		token := s.open(q, u)
		return (&reply{status: http.StatusOK, header: http.Header{"Odata-Version": {"4.0"}, "Accept-Ranges": {"bytes"}}}).
			with("Location", q.base+"/"+q.path+"?sessiontoken="+token).with("x-ms-chunk-size", strconv.Itoa(chunkSize))
	}
	if _, f := s.storeFile(q, u, http.DetectContentType(q.body), q.body); f != nil {
		return f.reply()
	}
	return noContent()
}

// chunk takes the next part of a file; the last one completes it.
func (s *Server) chunk(q *request, token string) *reply {
	u, f := s.running(q, token)
	if f != nil {
		return f.reply()
	}
	var from, to, total int
	if _, err := fmt.Sscanf(q.header.Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &total); err != nil ||
		from != len(u.blocks[""]) || to-from+1 != len(q.body) || to >= total || len(q.body) > chunkSize {
		return bad("0x80048d19", "Content-Range does not go on where the file is, or is not that of the chunk.").reply()
	}
	u.blocks[""] = append(u.blocks[""], q.body...)
	if to+1 < total {
		return &reply{status: http.StatusPartialContent}
	}
	if _, f := s.storeFile(q, u, http.DetectContentType(u.blocks[""]), u.blocks[""]); f != nil {
		return f.reply()
	}
	delete(s.uploads, token)
	return noContent()
}

// download answers with a file, or with the range of it that is asked for.
func download(q *request, file row) *reply {
	content := file["content"].([]byte)
	mime, _ := file["mimetype"].(string)
	name, _ := file["filename"].(string)
	a := &reply{status: http.StatusOK, body: content, header: http.Header{"Content-Type": {"application/octet-stream"}}}
	if text := q.header.Get("Range"); text != "" {
		var from, to int
		if _, err := fmt.Sscanf(text, "bytes=%d-%d", &from, &to); err != nil || from > to || from >= len(content) {
			return (&fault{http.StatusRequestedRangeNotSatisfiable, "", "There is no such range."}).reply()
		}
		a.status, a.body = http.StatusPartialContent, content[from:min(to+1, len(content))]
		a.with("x-ms-chunk-size", strconv.Itoa(chunkSize)).with("OData-Version", "4.0")
	}
	return a.with("x-ms-file-size", strconv.Itoa(len(content))).with("x-ms-file-name", name).with("mimetype", mime)
}

var fileDefinition = regexp.MustCompile(`^EntityDefinitions\(LogicalName='([a-z_0-9]+)'\)/Attributes\(LogicalName='([a-z_0-9]+)'\)/` +
	`Microsoft\.Dynamics\.CRM\.FileAttributeMetadata$`)

// maxFileSize serves the definition of a column for files.
func (s *Server) maxFileSize(q *request, table, column string) *reply {
	t := s.tables[table]
	if t == nil || t.Columns[column].Type != fileType {
		return notFound("Could not find an attribute %s for files.", column).reply()
	}
	if p := s.lacking(q.who, "Read", "attribute"); p != "" {
		return missing(p).reply()
	}
	return jsonReply(http.StatusOK, map[string]any{"MaxSizeInKB": t.Columns[column].MaxLength, "MetadataId": uuid.NewSHA1(uuid.NameSpaceURL, []byte(t.LogicalName+"/"+column)),
		"@odata.context": fmt.Sprintf("%s/$metadata#EntityDefinitions('%s')/Attributes/Microsoft.Dynamics.CRM.FileAttributeMetadata(MaxSizeInKB)/$entity",
			q.base, t.LogicalName)})
}
