package browser

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/record/seal"
)

// What pages give and get lies in the session's folder and is gone with it. A download is sealed, by a key that is in memory only, as soon
// as it is complete. What is on its way to a page cannot be: Chromium reads it.

const (
	// largestFile is the largest one that pages give or get, in bytes; largestFiles is what all of a session's may have together.
	largestFile  = 100 << 20
	largestFiles = 500 << 20
	// mostDownloads and mostUploads are how many files a session may have of each, mostAtOnce how many downloads may be under way.
	mostDownloads = 50
	mostUploads   = 100
	mostAtOnce    = 5
	// longestName is in bytes, well below what file systems take.
	longestName = 150
)

// files are a session's files. Guarded by Browser.mu.
type files struct {
	downloads []*download
	ask       *ask
	asked     int   // asks ever, for their ids
	uploads   int   // files ever
	uploading bool  // one at a time: what is on its way counts for nothing yet
	bytes     int64 // of both kinds
}

// vault seals one Chromium's downloads with a key that nobody else has.
type vault struct {
	keys   *seal.LocalKeys
	sealer *seal.Sealer
}

func newVault(ctx context.Context) (*vault, error) {
	key := make([]byte, seal.KeySize)
	_, _ = rand.Read(key)
	keys, err := seal.NewLocalKeys(key)
	if err != nil {
		return nil, err
	}
	sealer, err := seal.NewSealer(ctx, keys)
	return &vault{keys, sealer}, err
}

// seal writes what plain holds to a new file.
func (v *vault) seal(path, id string, plain io.Reader) (size int64, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w, err := v.sealer.NewWriter(file, seal.Name{Object: id})
	if err != nil {
		return 0, err
	}
	size, err = io.Copy(w, io.LimitReader(plain, largestFile+1))
	return size, errors.Join(err, w.Close())
}

// sealed is a sealed file that is read.
type sealed struct {
	*seal.Reader
	file *os.File
}

func (s sealed) Close() error { return s.file.Close() }

func (v *vault) open(ctx context.Context, path, id string) (io.ReadSeekCloser, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	r, err := seal.NewReader(ctx, v.keys, file, info.Size(), seal.Name{Object: id})
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return sealed{r, file}, nil
}

// openTheirs opens a file that Chromium has written. Chromium may have been taken over by a page: what it shows us may be a way out of its
// folder, or no file at all.
func openTheirs(home, path string, uid int) (*os.File, error) {
	root, err := os.OpenRoot(home)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // it was only looked at
	file, err := root.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !isTheirs(info, uid) {
		err = fmt.Errorf("%s is no file of the browser's own", path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func isTheirs(info fs.FileInfo, uid int) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode().IsRegular() && int(stat.Uid) == uid && stat.Nlink == 1
}

// refusedType tells whether files of this name are not for pages to give or to get. Caller holds mu.
func (b *Browser) refusedType(name string) bool {
	name = strings.ToLower(strings.TrimRight(name, ". "))
	return slices.ContainsFunc(b.spec.Policy.RefusedFiles, func(ending string) bool {
		return strings.HasSuffix(name, "."+strings.ToLower(strings.TrimPrefix(ending, ".")))
	})
}

// fileName is a name that a file may have on every system, and that says what it is: no folders, nothing that cannot be seen.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1 // directions of writing, too: they make an .exe look like a .pdf
		case strings.ContainsRune(`/\:*?"<>|`, r):
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.TrimSpace(strings.TrimRight(strings.TrimLeft(name, ". "), ". "))
	if name == "" {
		return "file"
	}
	ending := filepath.Ext(name)
	if len(name) > longestName && len(ending) < longestName/2 {
		return strings.ToValidUTF8(name[:longestName-len(ending)], "") + ending
	}
	return strings.ToValidUTF8(name[:min(len(name), longestName)], "")
}

var (
	errFileGone   = cobrowse.Errorf(cobrowse.CodeNotFound, "file_gone", "This file is not here any more.")
	errFileType   = cobrowse.Errorf(cobrowse.CodeRefused, "file_type", "Files of this kind are not let through.")
	errFileLarge  = cobrowse.Errorf(cobrowse.CodeRefused, "file_too_large", "The file is too large: at most %d MB.", largestFile>>20)
	errFilesMany  = cobrowse.Errorf(cobrowse.CodeLimited, "files_many", "That is too many files for one session.")
	errOneByOne   = cobrowse.Errorf(cobrowse.CodeLimited, "busy", "Another file is on its way. Please try again in a moment.")
	errUploadGone = cobrowse.Errorf(cobrowse.CodeConflict, "upload_gone", "The page does not ask for a file any more.")
)

// forgetFiles notes that a Chromium is gone with its folder. Caller holds mu.
func (b *Browser) forgetFiles() {
	for _, d := range b.files.downloads {
		if d.State == cobrowse.DownloadRunning || d.State == cobrowse.DownloadReady {
			d.State = cobrowse.DownloadFailed
			b.emit(cobrowse.DownloadEvent{Download: d.Download})
		}
	}
	b.dropAsk()
}
