package people

import (
	"bytes"
	"os/exec"
	"testing"
)

// Sizes of an IVF file's own header and of that of each frame.
const ivfHeader, ivfFrameHeader = 32, 12

// VP9 is the codec of what KeyFrame makes.
const VP9 = "vp09.00.40.08"

// KeyFrame encodes a picture (JPEG or PNG) as the shared browser's encoder would: one VP9 key frame.
func KeyFrame(t testing.TB, picture []byte) []byte {
	t.Helper()
	encode := exec.Command("ffmpeg", "-hide_banner", "-loglevel", "error", "-f", "image2pipe", "-i", "pipe:0",
		"-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", "-colorspace", "bt709",
		"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-crf", "10", "-b:v", "0", "-frames:v", "1", "-f", "ivf", "pipe:1")
	var complaint bytes.Buffer
	encode.Stdin, encode.Stderr = bytes.NewReader(picture), &complaint
	file, err := encode.Output()
	if err != nil || len(file) <= ivfHeader+ivfFrameHeader {
		t.Fatalf("these tests need Debian's package ffmpeg: run `make test`, which installs it (%v, %s)", err, &complaint)
	}
	return file[ivfHeader+ivfFrameHeader:]
}
