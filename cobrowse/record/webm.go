package record

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/at-wat/ebml-go"
	"github.com/at-wat/ebml-go/webm"
)

// A WebM is written front to back in one go, as a sealed object has no seeking back: the sizes of all pictures are known
// before the first byte, so that duration and cues stand at the beginning, where a player over HTTP looks for them.
//
// The sizes of clusters and blocks are written in a fixed number of bytes, which makes every position a sum.
const (
	clusterSpan   = 5000 // ms; a block's time within its cluster is an int16
	blockHeader   = 4    // track, int16 time, flags
	simpleHeader  = 1 + 4 + blockHeader
	groupHeader   = 1 + 8 + 1 + 4 + blockHeader // BlockGroup, Block
	durationField = 1 + 1 + 8
	refField      = 1 + 1 + 8
	clusterHeader = 4 + 8
	timecodeField = 1 + 1 + 8
	// A picture that stands longer than this says so: players guess a short duration otherwise.
	longPicture = 1000 // ms
)

// frame is one picture of a run, without its bytes.
type frame struct {
	at   int64 // ms since the run began, strictly increasing
	size int
	key  bool
}

// run is a sequence of pictures of one codec and size: one WebM.
type run struct {
	codec         codec
	name          string // WebCodecs
	width, height int
	private       []byte
	from          time.Duration // on the recording's clock
	frames        []frame
}

func (r *run) add(at time.Duration, size int, key bool) {
	ms := (at - r.from).Milliseconds()
	if n := len(r.frames); n > 0 {
		ms = max(ms, r.frames[n-1].at+1)
	}
	r.frames = append(r.frames, frame{at: ms, size: size, key: key})
}

type cluster struct {
	at    int64
	first int // frame
	count int
	size  int64 // content
}

// muxer writes one run.
type muxer struct {
	run      *run
	end      int64 // ms, when the last picture goes
	clusters []cluster
	header   []byte
	total    int64

	w       io.Writer
	next    int // frame
	cluster int // index of the next one to begin
	written int64
}

func newMuxer(r *run, to time.Duration) (*muxer, error) {
	m := &muxer{run: r, end: max((to - r.from).Milliseconds(), r.frames[len(r.frames)-1].at+1)}
	for i, f := range r.frames {
		n := len(m.clusters)
		if n == 0 || f.key || f.at-m.clusters[n-1].at >= clusterSpan {
			m.clusters = append(m.clusters, cluster{at: f.at, first: i, size: timecodeField})
			n++
		}
		m.clusters[n-1].count++
		m.clusters[n-1].size += int64(m.blockSize(i))
	}
	var err error
	m.header, err = m.layout()
	return m, err
}

// lasts returns how long a picture stands.
func (m *muxer) lasts(i int) int64 {
	if i+1 < len(m.run.frames) {
		return m.run.frames[i+1].at - m.run.frames[i].at
	}
	return m.end - m.run.frames[i].at
}

func (m *muxer) grouped(i int) bool { return m.lasts(i) > longPicture || i+1 == len(m.run.frames) }

func (m *muxer) blockSize(i int) int {
	size := m.run.frames[i].size
	switch {
	case !m.grouped(i):
		return simpleHeader + size
	case m.run.frames[i].key:
		return groupHeader + durationField + size
	}
	return groupHeader + durationField + refField + size
}

type seekHead struct {
	SeekHead struct {
		Seek []seek `ebml:"Seek"`
	} `ebml:"SeekHead"`
}

type seek struct {
	SeekID       []byte `ebml:"SeekID"`
	SeekPosition uint64 `ebml:"SeekPosition,size=8"`
}

type cueTable struct {
	Cues struct {
		CuePoint []cuePoint `ebml:"CuePoint"`
	} `ebml:"Cues"`
}

type cuePoint struct {
	CueTime           uint64      `ebml:"CueTime,size=8"`
	CueTrackPositions cuePosition `ebml:"CueTrackPositions"`
}

type cuePosition struct {
	CueTrack           uint64 `ebml:"CueTrack"`
	CueClusterPosition uint64 `ebml:"CueClusterPosition,size=8"`
}

func (m *muxer) layout() ([]byte, error) {
	info, err := marshal(&struct {
		Info webm.Info `ebml:"Info"`
	}{webm.Info{TimecodeScale: 1_000_000, MuxingApp: "ebml-go", WritingApp: "cobrowse-connector", Duration: float64(m.end)}})
	if err != nil {
		return nil, err
	}
	tracks, err := marshal(&struct {
		Tracks webm.Tracks `ebml:"Tracks"`
	}{webm.Tracks{TrackEntry: []webm.TrackEntry{{
		TrackNumber: 1, TrackUID: 1, TrackType: 1, CodecID: m.run.codec.id, CodecPrivate: m.run.private,
		Video: &webm.Video{PixelWidth: uint64(m.run.width), PixelHeight: uint64(m.run.height)},
	}}}})
	if err != nil {
		return nil, err
	}
	// Positions have a fixed width: the first marshal is for the sizes, the second for the values.
	head, cues := m.seekHead(0, 0, 0), m.cues(0)
	headSize, err := marshal(head)
	if err != nil {
		return nil, err
	}
	cueSize, err := marshal(cues)
	if err != nil {
		return nil, err
	}
	infoAt := len(headSize)
	tracksAt := infoAt + len(info)
	cuesAt := tracksAt + len(tracks)
	clustersAt := cuesAt + len(cueSize)
	headBytes, err := marshal(m.seekHead(infoAt, tracksAt, cuesAt))
	if err != nil {
		return nil, err
	}
	cueBytes, err := marshal(m.cues(clustersAt))
	if err != nil {
		return nil, err
	}
	if len(headBytes) != len(headSize) || len(cueBytes) != len(cueSize) {
		return nil, fmt.Errorf("record: WebM positions of varying width")
	}
	content := int64(clustersAt)
	for _, c := range m.clusters {
		content += clusterHeader + c.size
	}
	out, err := m.fileHeader(content)
	if err != nil {
		return nil, err
	}
	m.total = int64(len(out)) + content
	return bytes.Join([][]byte{out, headBytes, info, tracks, cueBytes}, nil), nil
}

func (m *muxer) fileHeader(segmentSize int64) ([]byte, error) {
	out, err := marshal(&struct {
		EBML webm.EBMLHeader `ebml:"EBML"`
	}{webm.EBMLHeader{EBMLVersion: 1, EBMLReadVersion: 1, EBMLMaxIDLength: 4, EBMLMaxSizeLength: 8,
		DocType: m.run.codec.docType, DocTypeVersion: 4, DocTypeReadVersion: 2}})
	if err != nil {
		return nil, err
	}
	out = append(out, ebml.ElementSegment.Bytes()...)
	return appendSize8(out, segmentSize), nil
}

func (m *muxer) seekHead(info, tracks, cues int) *seekHead {
	h := &seekHead{}
	h.SeekHead.Seek = []seek{
		{ebml.ElementInfo.Bytes(), uint64(info)},
		{ebml.ElementTracks.Bytes(), uint64(tracks)},
		{ebml.ElementCues.Bytes(), uint64(cues)},
	}
	return h
}

// cues lists the clusters that begin with a key picture: where playing can begin.
func (m *muxer) cues(clustersAt int) *cueTable {
	t := &cueTable{}
	at := int64(clustersAt)
	for _, c := range m.clusters {
		if m.run.frames[c.first].key {
			t.Cues.CuePoint = append(t.Cues.CuePoint, cuePoint{uint64(c.at), cuePosition{1, uint64(at)}})
		}
		at += clusterHeader + c.size
	}
	return t
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	err := ebml.Marshal(v, &b)
	return b.Bytes(), err
}

func appendSize8(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, 1<<56|uint64(n))
}

func appendSize4(b []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(b, 1<<28|uint32(n))
}

func appendField8(b []byte, id byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(append(b, id, 0x88), uint64(v))
}

// begin writes what stands before the pictures.
func (m *muxer) begin(w io.Writer) error {
	m.w = w
	return m.write(m.header)
}

// add writes the next picture.
func (m *muxer) add(data []byte) error {
	if m.next >= len(m.run.frames) || len(data) != m.run.frames[m.next].size || len(data) > math.MaxInt32>>4 {
		return fmt.Errorf("record: picture %d of %s is not the one that was planned", m.next, m.run.name)
	}
	i := m.next
	m.next++
	var b []byte
	if m.cluster < len(m.clusters) && m.clusters[m.cluster].first == i {
		c := m.clusters[m.cluster]
		m.cluster++
		b = append(b, ebml.ElementCluster.Bytes()...)
		b = appendSize8(b, c.size)
		b = appendField8(b, 0xe7, c.at) // Timecode
	}
	return m.write(append(m.appendBlockHead(b, i), data...), m.blockTail(i))
}

func (m *muxer) appendBlockHead(b []byte, i int) []byte {
	f := m.run.frames[i]
	within := uint16(f.at - m.clusters[m.cluster-1].at)
	flags := byte(0)
	if m.grouped(i) {
		b = appendSize8(append(b, 0xa0), int64(m.blockSize(i)-9)) // BlockGroup
		b = append(b, 0xa1)                                       // Block
	} else {
		b = append(b, 0xa3) // SimpleBlock
		if f.key {
			flags = 0x80
		}
	}
	b = appendSize4(b, blockHeader+f.size)
	b = binary.BigEndian.AppendUint16(append(b, 0x81), within)
	return append(b, flags)
}

func (m *muxer) blockTail(i int) []byte {
	if !m.grouped(i) {
		return nil
	}
	b := appendField8(nil, 0x9b, m.lasts(i)) // BlockDuration
	if f := m.run.frames[i]; !f.key {
		b = appendField8(b, 0xfb, m.run.frames[i-1].at-f.at) // ReferenceBlock
	}
	return b
}

func (m *muxer) write(parts ...[]byte) error {
	for _, p := range parts {
		n, err := m.w.Write(p)
		m.written += int64(n)
		if err != nil {
			return err
		}
	}
	return nil
}

// finish checks that everything that was planned was written.
func (m *muxer) finish() error {
	if m.next != len(m.run.frames) || m.written != m.total {
		return fmt.Errorf("record: WebM of %d bytes and %d pictures, planned %d and %d", m.written, m.next, m.total, len(m.run.frames))
	}
	return nil
}
