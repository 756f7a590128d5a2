package record

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/cobrowse/stream"
)

// sample is a short video as a browser's encoder gives it: one chunk per picture.
type sample struct {
	codec         string
	width, height int
	chunks        []stream.Chunk // generation and times are the test's
}

// samples are made once by ffmpeg: 60 pictures at 30 per second, a key picture every 15.
var samples = map[string]func() (sample, error){
	"av1":     sync.OnceValues(func() (sample, error) { return makeSample("av1", 320, 240) }),
	"vp9":     sync.OnceValues(func() (sample, error) { return makeSample("vp9", 320, 240) }),
	"h264":    sync.OnceValues(func() (sample, error) { return makeSample("h264", 320, 240) }),
	"av1tall": sync.OnceValues(func() (sample, error) { return makeSample("av1", 180, 320) }),
}

func getSample(t testing.TB, name string) sample {
	t.Helper()
	s, err := samples[name]()
	if err != nil {
		t.Fatalf("ffmpeg (Debian package ffmpeg) makes the test videos: %v", err)
	}
	return s
}

func makeSample(kind string, width, height int) (sample, error) {
	s := sample{width: width, height: height}
	size := strconv.Itoa(width) + "x" + strconv.Itoa(height)
	args := []string{"-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=rate=30:duration=2:size=" + size, "-pix_fmt", "yuv420p", "-g", "15"}
	switch kind {
	case "av1":
		s.codec = "av01.0.08M.08"
		args = append(args, "-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-lag-in-frames", "0", "-b:v", "500k", "-f", "ivf", "-")
	case "vp9":
		s.codec = "vp09.00.40.08"
		args = append(args, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-b:v", "500k", "-f", "ivf", "-")
	case "h264":
		s.codec = "avc1.42E028"
		args = append(args, "-c:v", "libx264", "-profile:v", "baseline", "-preset", "ultrafast", "-tune", "zerolatency",
			"-x264-params", "sliced-threads=0", "-bsf:v", "h264_metadata=aud=insert", "-f", "h264", "-")
	}
	cmd := exec.Command("ffmpeg", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return s, &exec.Error{Name: "ffmpeg " + stderr.String(), Err: err}
	}
	split := splitIVF
	if kind == "h264" {
		split = splitAUD
	}
	for i, data := range split(out) {
		s.chunks = append(s.chunks, stream.Chunk{Key: i%15 == 0, Data: data})
	}
	return s, nil
}

func splitIVF(b []byte) [][]byte {
	var frames [][]byte
	for b = b[32:]; len(b) >= 12; {
		n := int(binary.LittleEndian.Uint32(b))
		frames = append(frames, b[12:12+n])
		b = b[12+n:]
	}
	return frames
}

func splitAUD(b []byte) [][]byte {
	var frames [][]byte
	delimiter := []byte{0, 0, 0, 1, 9}
	for _, unit := range bytes.Split(b, delimiter)[1:] {
		unit = unit[1:] // the delimiter's own content
		frames = append(frames, unit[bytes.Index(unit, []byte{0, 0, 1}):])
	}
	return frames
}

// probe is what ffprobe and ffmpeg say of a video.
type probe struct {
	Streams []struct {
		Codec  string `json:"codec_name"`
		Width  int    `json:"width"`
		Height int    `json:"height"`
		Frames string `json:"nb_read_frames"`
	} `json:"streams"`
	Format struct {
		Name     string `json:"format_name"`
		Duration string `json:"duration"`
	} `json:"format"`
}

func (p probe) duration(t *testing.T) time.Duration {
	t.Helper()
	d, err := strconv.ParseFloat(p.Format.Duration, 64)
	if err != nil {
		t.Fatalf("duration %q", p.Format.Duration)
	}
	return time.Duration(d * float64(time.Second)).Round(time.Millisecond)
}

// play decodes every picture; whatever ffmpeg complains about fails the test.
func play(t *testing.T, video []byte) probe {
	t.Helper()
	path := filepath.Join(t.TempDir(), "video.webm")
	if err := os.WriteFile(path, video, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) []byte {
		cmd := exec.Command(name, args...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil || stderr.Len() > 0 {
			t.Fatalf("%s (Debian package ffmpeg): %v %s", name, err, stderr.String())
		}
		return out
	}
	run("ffmpeg", "-v", "warning", "-i", path, "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-") // no rounding of times
	var p probe
	if err := json.Unmarshal(run("ffprobe", "-v", "warning", "-count_frames", "-show_format", "-show_streams", "-of", "json", path), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Streams) != 1 {
		t.Fatalf("%d streams", len(p.Streams))
	}
	return p
}

// pictureTimes are the presentation times in ms that a demuxer reads, beginning at a position.
func pictureTimes(t *testing.T, video []byte, from string) []int {
	t.Helper()
	path := filepath.Join(t.TempDir(), "video.webm")
	if err := os.WriteFile(path, video, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-v", "error", "-show_entries", "packet=pts", "-of", "csv=p=0", path}
	if from != "" {
		args = append([]string{"-read_intervals", from}, args...)
	}
	out, err := exec.Command("ffprobe", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var times []int
	for line := range strings.Lines(string(out)) {
		ms, err := strconv.Atoi(strings.Trim(line, ",\r\n "))
		if err != nil {
			t.Fatalf("pts %q", line)
		}
		times = append(times, ms)
	}
	return times
}
