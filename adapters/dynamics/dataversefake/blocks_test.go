package dataversefake

import (
	"encoding/base64"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func (s *sample) block(t *testing.T, id, text string) int {
	t.Helper()
	return s.do(t, "POST", "/api/data/v9.2/UploadBlock", nil,
		fmt.Sprintf(`{"BlockId":%q,"BlockData":%q,"FileContinuationToken":%q}`, id, base64.StdEncoding.EncodeToString([]byte(text)), s.token)).Code
}

func (s *sample) commit(t *testing.T, ids string) int {
	t.Helper()
	return s.do(t, "POST", "/api/data/v9.2/CommitAnnotationBlocksUpload", nil,
		fmt.Sprintf(`{"Target":{"@odata.type":"Microsoft.Dynamics.CRM.annotation","annotationid":%q},"BlockList":[%s],"FileContinuationToken":%q}`, s.note, ids, s.token)).Code
}

func TestBlocksHaveIDsOfOneLength(t *testing.T) {
	s := newSample(t, exchange{})
	if a, b, c := s.block(t, "YWFh", "hi"), s.block(t, "YWE=", "hi"), s.block(t, "YmJi", "hi"); a != 204 || b != 400 || c != 204 {
		t.Errorf("answered %d, %d, %d", a, b, c)
	}
}

// TestBlocksAreCommittedInTheListsOrder: not in that of their arrival; one that came twice counts as it came last, and a commit ends it all.
func TestBlocksAreCommittedInTheListsOrder(t *testing.T) {
	s := newSample(t, exchange{})
	for _, b := range [][2]string{{"YmJi", " world"}, {"YWFh", "good day"}, {"YWFh", "hello"}} {
		if code := s.block(t, b[0], b[1]); code != 204 {
			t.Fatalf("a block: %d", code)
		}
	}
	if code := s.commit(t, `"YWFh","Y2Nj"`); code != 400 {
		t.Errorf("a list with a block that never came: %d", code)
	}
	if code := s.commit(t, `"YWFh","YmJi"`); code != 200 {
		t.Errorf("the commit: %d", code)
	}
	if _, content, _ := s.Attachment(s.note); string(content) != "hello world" {
		t.Errorf("it holds %q", content)
	}
	if a, b := s.block(t, "Y2Nj", "!"), s.commit(t, `"YWFh"`); a != 400 || b != 400 {
		t.Errorf("after the commit: %d, %d", a, b)
	}
}

func TestUploadsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSample(t, exchange{})
		time.Sleep(uploadLife - time.Second)
		early := s.block(t, "YWFh", "hi")
		time.Sleep(time.Second)
		if late, commit := s.block(t, "YWFh", "hi"), s.commit(t, `"YWFh"`); early != 204 || late != 400 || commit != 400 {
			t.Errorf("answered %d, %d, %d", early, late, commit)
		}
	})
}
