package leaktest

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// seen is what one decoded picture shows.
type seen struct {
	marker       int // whose page, -1 for none of a case
	secret, keep int // pixels of the secret's hue, and of the hue that must stay
}

// hue classifies a pixel: magenta, also paled by smoothing, is secret; cyan must stay. A codec stores colour at half the resolution,
// so that thin letters pale: the controls prove that what is left is enough.
func hue(r, g, b int) (secret, keep int) {
	switch {
	case r > g+45 && b > g+45:
		return 1, 0
	case g > r+45 && b > r+45:
		return 0, 1
	}
	return 0, 0
}

const (
	shows  = 30 // pixels of a hue that a control must show to prove anything
	leaked = 10 // pixels of the secret's hue that are a leak: less than one letter has
)

func lookAt(pix []byte, width int) seen {
	s := seen{}
	at := func(x, y int) (int, int, int) {
		i := 3 * (y*width + x)
		return int(pix[i]), int(pix[i+1]), int(pix[i+2])
	}
	s.marker = markerIn(at)
	for i := 0; i+2 < len(pix); i += 3 {
		secret, keep := hue(int(pix[i]), int(pix[i+1]), int(pix[i+2]))
		s.secret, s.keep = s.secret+secret, s.keep+keep
	}
	return s
}

// pictures decodes one generation of an agent's stream: every chunk must yield its picture.
func pictures(ctx context.Context, g *generation) ([]seen, error) {
	var in bytes.Buffer
	header := make([]byte, 32)
	copy(header, "DKIF")
	binary.LittleEndian.PutUint16(header[6:], 32)
	copy(header[8:], g.fourCC())
	binary.LittleEndian.PutUint16(header[12:], uint16(g.width))
	binary.LittleEndian.PutUint16(header[14:], uint16(g.height))
	binary.LittleEndian.PutUint32(header[16:], 1000)
	binary.LittleEndian.PutUint32(header[20:], 1)
	binary.LittleEndian.PutUint32(header[24:], uint32(len(g.chunks)))
	in.Write(header)
	for i, c := range g.chunks {
		frame := make([]byte, 12)
		binary.LittleEndian.PutUint32(frame, uint32(len(c.data)))
		binary.LittleEndian.PutUint64(frame[4:], uint64(i))
		in.Write(frame)
		in.Write(c.data)
	}
	all, err := decode(ctx, &in, "ivf", g.width, g.height)
	if err == nil && len(all) != len(g.chunks) {
		err = fmt.Errorf("of %d chunks only %d pictures could be decoded", len(g.chunks), len(all))
	}
	return all, err
}

// decode looks at every picture of a video, none repeated, none left out.
func decode(ctx context.Context, video io.Reader, format string, width, height int) ([]seen, error) {
	args := []string{"-v", "error", "-threads", "2"}
	if format != "" {
		args = append(args, "-f", format)
	}
	args = append(args, "-i", "-", "-vsync", "passthrough", "-enc_time_base", "-1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
	cmd := exec.CommandContext(ctx, "ffmpeg", args...)
	var complaints strings.Builder
	cmd.Stdin, cmd.Stderr = video, &complaints
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("ffmpeg (Debian package ffmpeg): %w", err)
	}
	var all []seen
	pix := make([]byte, 3*width*height)
	for {
		if _, err = io.ReadFull(out, pix); err != nil {
			break
		}
		all = append(all, lookAt(pix, width))
	}
	if err != io.EOF {
		err = fmt.Errorf("a video ends within a picture of %dx%d: %w", width, height, err)
	} else {
		err = nil
	}
	if ended := cmd.Wait(); ended != nil || complaints.Len() > 0 {
		return all, fmt.Errorf("a video does not play: %v %.300s", ended, complaints.String())
	}
	return all, err
}
