package dataversefake

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// fileSample is what the documentation's examples of file columns suppose: an account with a file, and transfers that are under way.
type fileSample struct {
	id, upload, session, download string
}

const (
	aboutFiles  = "file-column-" // how the ids of their exchanges begin
	sampleBlock = "OThjODg5NjgtNzM2Zi00YmI1LTgyNzktNmU2NzgwMTRiMzFk"
	accountPath = "/api/data/v9.2/accounts(" + sampleAccount + ")"
)

var continuation = regexp.MustCompile(`"FileContinuationToken":\s*"([^"]+)"`)

func (s *sample) addSampleFile(t *testing.T) {
	t.Helper()
	s.AddFileColumn("account", "sample_filecolumn", 102400)
	octets := http.Header{"Content-Type": {"application/octet-stream"}, "X-Ms-File-Name": {"25mb.pdf"}}
	if got := s.do(t, "PATCH", accountPath+"/sample_filecolumn", octets, strings.Repeat("x", chunkSize+1)); got.Code != http.StatusNoContent {
		t.Fatalf("the sample's file: %d %s", got.Code, got.Body)
	}
	v, _ := s.data.get(ref{"account", sampleAccount})
	s.file.id, _ = v["sample_filecolumn"].(string)
	target := fmt.Sprintf(`{"Target":{"@odata.type":"Microsoft.Dynamics.CRM.account","accountid":%q},"FileName":"25mb.pdf","FileAttributeName":"sample_filecolumn"}`, sampleAccount)
	for action, token := range map[string]*string{"InitializeFileBlocksUpload": &s.file.upload, "InitializeFileBlocksDownload": &s.file.download} {
		*token = continuation.FindStringSubmatch(s.do(t, "POST", "/api/data/v9.2/"+action, nil, target).Body.String())[1]
	}
	s.do(t, "POST", "/api/data/v9.2/UploadBlock", nil, fmt.Sprintf(`{"BlockId":%q,"BlockData":"aGVsbG8=","FileContinuationToken":%q}`, sampleBlock, s.file.upload))
	began := s.do(t, "PATCH", accountPath+"/sample_filecolumn?x-ms-file-name=25mb.pdf", http.Header{"X-Ms-Transfer-Mode": {"chunked"}}, "")
	to, err := url.Parse(began.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	s.file.session = to.Query().Get("sessiontoken")
}

// fill puts real values in the place of those that Microsoft left out.
func (f fileSample) fill(exchange, text string) string {
	if !strings.HasPrefix(exchange, aboutFiles) {
		return text
	}
	text = strings.NewReplacer("<accountid>", sampleAccount, "<sessiontoken value removed for brevity>", f.session,
		"<file continuation token value removed for brevity>", f.download, `"BlockData":"<Removed for brevity>"`, `"BlockData":"aGVsbG8="`,
		"<Removed for brevity>", f.upload, "3878e950-8e51-ed11-bba1-000d3a9933c9", f.id).Replace(text)
	switch exchange {
	case "file-column-commit-upload":
		return blockIDs.ReplaceAllString(text, `"BlockList":["`+sampleBlock+`"]`)
	case "file-column-patch-chunk":
		return strings.Replace(text, "< byte[] content removed for brevity>", strings.Repeat("x", chunkSize), 1)
	}
	return text
}

// TestAFileInChunksIsWhole: chunks go on where the last one ended, the last one is answered as the note of the exchange says, and what
// comes out is what went in.
func TestAFileInChunksIsWhole(t *testing.T) {
	s := newSample(t, exchange{ID: aboutFiles})
	content := bytes.Repeat([]byte("abc"), chunkSize/2)
	column := accountPath + "/sample_filecolumn"
	chunk := func(from, to int) int {
		h := http.Header{"Content-Type": {"application/octet-stream"}, "Content-Range": {fmt.Sprintf("bytes %d-%d/%d", from, to-1, len(content))}}
		return s.do(t, "PATCH", column+"?sessiontoken="+s.file.session, h, string(content[from:to])).Code
	}
	for _, c := range []struct{ from, to, code int }{
		{1, chunkSize, http.StatusBadRequest}, {0, chunkSize + 1, http.StatusBadRequest},
		{0, chunkSize, http.StatusPartialContent}, {0, chunkSize, http.StatusBadRequest}, {chunkSize, len(content), http.StatusNoContent},
	} {
		if got := chunk(c.from, c.to); got != c.code {
			t.Errorf("from %d to %d: %d", c.from, c.to, got)
		}
	}
	if got := s.do(t, "GET", column+"/$value", nil, ""); !bytes.Equal(got.Body.Bytes(), content) {
		t.Errorf("%d: %d bytes of %d came back", got.Code, got.Body.Len(), len(content))
	}
	if got := s.do(t, "GET", column+"/$value", http.Header{"Range": {"bytes=1-3"}}, ""); got.Code != http.StatusPartialContent || got.Body.String() != "bca" {
		t.Errorf("a range: %d %q", got.Code, got.Body)
	}
	if s.Count(attachment) != 1 {
		t.Errorf("%d files are there after one took the other's place", s.Count(attachment))
	}
}

// TestFileColumnsHaveTheirLimits of size, kind and right.
func TestFileColumnsHaveTheirLimits(t *testing.T) {
	s := newSample(t, exchange{ID: aboutFiles})
	s.AddFileColumn("account", "sample_filecolumn", 1)
	const nobody = "00000000-0000-0000-0000-0000000000aa"
	s.AddUser(User{ObjectID: nobody, Name: "Nobody", Reads: Nothing})
	for name, c := range map[string]struct {
		file, body, as string
		code           int
	}{
		"just fits":       {"a.txt", strings.Repeat("x", 1024), "", http.StatusNoContent},
		"too large":       {"a.txt", strings.Repeat("x", 1025), "", http.StatusBadRequest},
		"a blocked kind":  {"a.exe", "x", "", http.StatusBadRequest},
		"without a name":  {"", "x", "", http.StatusBadRequest},
		"without a right": {"a.txt", "x", nobody, http.StatusForbidden},
	} {
		h := http.Header{"Content-Type": {"application/octet-stream"}, "X-Ms-File-Name": {c.file}, "Callerobjectid": {c.as}}
		if got := s.do(t, "PATCH", accountPath+"/sample_filecolumn", h, c.body); got.Code != c.code {
			t.Errorf("%s: %d %s", name, got.Code, got.Body)
		}
	}
}
