package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"
	"os/exec"
	"strings"
	"testing"

	"cobrowse-connector/e2e/people"
)

// attached is a file of a case, by the ending of its name.
func (c *call) attached(caseID, ending string) []byte {
	c.t.Helper()
	entries, err := c.demo.CRM.Entries(c.t.Context(), caseID)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range entries {
		if e.File == nil || !strings.HasSuffix(e.File.Name, ending) {
			continue
		}
		f, err := c.demo.CRM.File(c.t.Context(), e.File.ID)
		if err != nil {
			c.t.Fatal(err)
		}
		defer f.Body.Close() //nolint:errcheck // it is in memory
		content, err := io.ReadAll(f.Body)
		if err != nil {
			c.t.Fatal(err)
		}
		return content
	}
	c.t.Fatalf("the case holds no file …%s", ending)
	return nil
}

// eachPicture decodes every picture of a WebM, in order and as it was recorded: none is repeated or left out.
func eachPicture(t *testing.T, webm []byte, width, height int, look func(*image.RGBA)) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-i", "-", "-vsync", "passthrough", "-enc_time_base", "-1", "-f", "rawvideo", "-pix_fmt", "rgba", "-")
	var complaints strings.Builder
	cmd.Stdin, cmd.Stderr = bytes.NewReader(webm), &complaints
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatalf("ffmpeg (Debian package ffmpeg): %v", err)
	}
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for {
		if _, err = io.ReadFull(out, picture.Pix); err != nil {
			break
		}
		look(picture)
	}
	if err != io.EOF {
		t.Errorf("the recording ends within a picture of %dx%d: %v", width, height, err)
	}
	if err := cmd.Wait(); err != nil || complaints.Len() > 0 {
		t.Errorf("the recording does not play: %v %s", err, complaints.String())
	}
}

// marks counts the pixels of a place that are not of the colour of its corner.
func marks(p *image.RGBA, r people.Rect) int {
	n, corner := 0, p.RGBAAt(int(r.X), int(r.Y))
	for y := int(r.Y); y < int(r.Y+r.H); y++ {
		for x := int(r.X); x < int(r.X+r.W); x++ {
			if apart(p.RGBAAt(x, y), corner) > 90 {
				n++
			}
		}
	}
	return n
}

func apart(a, b color.RGBA) int {
	sum := 0
	for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
		sum += max(d, -d)
	}
	return sum
}

// recordedNothing: in every recorded picture of the checkout there is one colour where the card number is. The street, which
// everybody may read, must be found in the same way.
func (c *call) recordedNothing(webm []byte) {
	c.t.Helper()
	var blue color.RGBA
	if _, err := fmt.Sscanf(c.buyColor, "rgb(%d, %d, %d)", &blue.R, &blue.G, &blue.B); err != nil {
		c.t.Fatalf("the colour of the button is %q", c.buyColor)
	}
	pictures, checkouts, leaks, street := 0, 0, 0, 0
	eachPicture(c.t, webm, int(viewport.Width), sharedHeight, func(p *image.RGBA) {
		pictures++
		if apart(p.RGBAAt(int(c.buyPlace.X), int(c.buyPlace.Y)), blue) > 60 {
			return // another page
		}
		checkouts++
		leaks = max(leaks, marks(p, c.cardPlace))
		street = max(street, marks(p, c.streetPlace))
	})
	c.t.Logf("recorded pictures: %d, of the checkout: %d", pictures, checkouts)
	switch {
	case leaks > 0:
		c.t.Errorf("in a recorded picture %d pixels of something stand where the card number is", leaks)
	case checkouts < 10:
		c.t.Errorf("only %d of %d recorded pictures are of the checkout", checkouts, pictures)
	case street < 25:
		c.t.Errorf("the street, which everybody may read, is in no picture: this test sees nothing")
	}
}
