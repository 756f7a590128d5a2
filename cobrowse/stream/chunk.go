package stream

import "time"

// Config describes how the chunks that follow are decoded. A new Config means: reset the decoder, the next chunk is a key.
type Config struct {
	Generation uint32 `json:"generation"` // grows with every change of codec, size or tab
	Codec      string `json:"codec"`      // WebCodecs string, e.g. "av01.0.08M.08"
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	Tab        string `json:"tab"` // the shown tab
}

// Chunk is one encoded picture. Data is shared by all subscribers and must not be changed.
type Chunk struct {
	Generation uint32
	Seq        uint64        // strictly increasing within a session
	Key        bool          // decodable without the ones before
	Timestamp  time.Duration // presentation time, strictly increasing within a session
	Captured   time.Duration // when the source picture was captured (capture clock): a refinement or a late key repeats it
	Data       []byte
}
