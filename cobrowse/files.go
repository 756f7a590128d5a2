package cobrowse

import (
	"context"
	"io"
	"slices"
	"time"
)

// Files go from pages to the customer's device and from there to pages, and to nobody else: an agent may start either and learns that it
// happened.

// DownloadState is how far a download is.
type DownloadState string

const (
	DownloadRunning   DownloadState = "running"
	DownloadReady     DownloadState = "ready" // the customer may have it
	DownloadRefused   DownloadState = "refused"
	DownloadCancelled DownloadState = "cancelled"
	DownloadFailed    DownloadState = "failed"
)

// Why a download is refused.
const (
	RefusedType = "type" // Policy.RefusedFiles
	RefusedSize = "size" // larger than a file, or all of a session's together, may be
	RefusedMany = "many" // too many in this session
)

// Download is a file that a page gives. Name is raw and the customer's.
type Download struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Bytes  int64         `json:"bytes"` // so far
	Total  int64         `json:"total"` // 0 = not known
	State  DownloadState `json:"state"`
	Reason string        `json:"reason,omitempty"` // of a refusal
	Tab    TabID         `json:"-"`
}

// Over tells whether nothing more comes of it.
func (d Download) Over() bool { return d.State != DownloadRunning }

// UploadWanted is a page's question for files of the customer. ID "" takes the last one back.
type UploadWanted struct {
	ID       string `json:"id"`
	Multiple bool   `json:"multiple"`
	Accept   string `json:"accept"`  // as in HTML, the page's words
	Largest  int64  `json:"largest"` // in bytes, of one file
	Tab      TabID  `json:"tab"`
	By       Role   `json:"by"` // who pressed the field
}

type (
	// DownloadEvent: a download began or went on.
	DownloadEvent struct{ Download Download }
	// UploadWantedEvent: a page asks for files. The one that it asked for before is forgotten.
	UploadWantedEvent struct{ Wanted UploadWanted }
)

func (DownloadEvent) browserEvent()     {}
func (UploadWantedEvent) browserEvent() {}

// Files is the part of a Browser that has to do with files. What it holds is gone when the browser is closed.
type Files interface {
	// Downloaded opens a download that is ready. The caller closes it.
	Downloaded(ctx context.Context, id string) (io.ReadSeekCloser, error)
	CancelDownload(ctx context.Context, id string) error
	// Upload takes in one of the files that a page asked for. It returns when all of it is there.
	Upload(ctx context.Context, wanted, name string, content io.Reader) error
	// EndUpload gives the page what was taken in; with give false it gets nothing.
	EndUpload(ctx context.Context, wanted string, give bool) error
}

type (
	// CancelDownload ends a download.
	CancelDownload struct {
		ID string `json:"id"`
	}
	// EndUpload answers an UploadWanted, once its files are uploaded.
	EndUpload struct {
		ID   string `json:"id"`
		Give bool   `json:"give"`
	}
	// DownloadChanged tells the customer of a download.
	DownloadChanged struct{ Download }
	// UploadAsked tells the customer what a page wants.
	UploadAsked struct{ UploadWanted }
)

func (CancelDownload) command() {}
func (EndUpload) command()      {}

func (DownloadChanged) message() {}
func (UploadAsked) message()     {}

// files is what the actor knows of files.
type files struct {
	downloads []Download
	wanted    UploadWanted
}

var (
	errFileGone   = Errorf(CodeNotFound, "file_gone", "This file is not here any more.")
	errNotWanted  = Errorf(CodeConflict, "upload_gone", "The page does not ask for a file any more.")
	uploadHandOff = 30 * time.Second // for a page to take what it was given
)

// Downloaded opens a file for the customer.
func (s *Session) Downloaded(ctx context.Context, participant, id string) (d Download, content io.ReadSeekCloser, err error) {
	var browser Browser
	err = s.call(ctx, func() (err error) {
		i := slices.IndexFunc(s.files.downloads, func(d Download) bool { return d.ID == id && d.State == DownloadReady })
		if browser, err = s.customersBrowser(participant); err == nil && i < 0 {
			err = errFileGone
		}
		if err == nil {
			d = s.files.downloads[i]
		}
		return err
	})
	if err == nil {
		content, err = browser.Downloaded(ctx, id)
	}
	return d, content, err
}

// Upload takes in a file of the customer for what a page asked.
func (s *Session) Upload(ctx context.Context, participant, wanted, name string, content io.Reader) error {
	var browser Browser
	err := s.call(ctx, func() (err error) {
		if browser, err = s.customersBrowser(participant); err == nil && (wanted == "" || s.files.wanted.ID != wanted) {
			err = errNotWanted
		}
		return err
	})
	if err != nil {
		return err
	}
	return browser.Upload(ctx, wanted, name, content)
}

// customersBrowser is the browser, for the customer while they share it.
func (s *Session) customersBrowser(participant string) (Browser, error) {
	p := s.people.byID[participant]
	switch state := s.State(); {
	case s.ending.begun:
		return nil, ErrOver
	case p == nil || p.Role != RoleCustomer:
		return nil, errNoRight
	case state != StateLive && state != StatePaused:
		return nil, errNotNow
	}
	return s.shared.browser, nil
}

func (s *Session) cancelDownload(c CancelDownload) error {
	browser := s.shared.browser
	if !slices.ContainsFunc(s.files.downloads, func(d Download) bool { return d.ID == c.ID }) {
		return errFileGone
	}
	if !s.task(inputTime, func(ctx context.Context) error { return browser.CancelDownload(ctx, c.ID) }, nil) {
		return errTooMany
	}
	return nil
}

func (s *Session) endUpload(p *person, c EndUpload) error {
	if c.ID == "" || c.ID != s.files.wanted.ID {
		return errNotWanted
	}
	browser := s.shared.browser
	started := s.task(uploadHandOff, func(ctx context.Context) error { return browser.EndUpload(ctx, c.ID, c.Give) }, func(err error) {
		if err != nil {
			p.send(FailureOf(err))
		}
	})
	if !started {
		return errTooMany
	}
	s.wantUpload(UploadWanted{})
	return nil
}

// downloadChanged tells the customer of every step, and the others of the beginning.
func (s *Session) downloadChanged(d Download) {
	i := slices.IndexFunc(s.files.downloads, func(known Download) bool { return known.ID == d.ID })
	if i < 0 {
		s.files.downloads = append(s.files.downloads, d)
		s.tellOthers(d.Tab, "download", map[string]any{"name": s.out.fileName(d.Name)})
	} else {
		s.files.downloads[i] = d
	}
	s.watchers(func(p *person) { p.send(DownloadChanged{d}) })
}

// uploadWanted asks the customer, whoever pressed the button.
func (s *Session) uploadWanted(w UploadWanted) {
	s.wantUpload(w)
	if w.ID != "" {
		s.tellOthers(w.Tab, "upload_wanted", map[string]any{})
	}
}

func (s *Session) wantUpload(w UploadWanted) {
	if w == s.files.wanted {
		return
	}
	s.files.wanted = w
	s.watchers(func(p *person) { p.send(UploadAsked{w}) })
}

// showFiles tells the customer, who comes back, of all files.
func (s *Session) showFiles(p *person) {
	for _, d := range s.files.downloads {
		p.send(DownloadChanged{d})
	}
	if s.files.wanted.ID != "" {
		p.send(UploadAsked{s.files.wanted})
	}
}

// tellOthers lets agents and the recording know what the customer is told otherwise, unless the page is the customer's alone.
func (s *Session) tellOthers(tab TabID, code string, params map[string]any) {
	i := slices.IndexFunc(s.shared.tabs.Tabs, func(t Tab) bool { return t.ID == tab })
	if i < 0 || s.shared.tabs.Tabs[i].Withheld || s.State() != StateLive {
		return
	}
	s.trackShared(TrackEvent{Kind: "notice", What: code})
	s.watchers(func(p *person) {
		if gated(p.Role) {
			p.send(Notice{code, params})
		}
	})
}

// fileName is what others than the customer get of a file's name.
func (o outward) fileName(name string) string {
	if !o.fileNames {
		return ""
	}
	return boundText(name)
}
