package githubtest

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A Fault is a way in which a request fails. One that does not fit a request does nothing to it.
type Fault string

// The faults that there are.
const (
	None            Fault = ""
	BadGateway      Fault = "502, and nothing was done"
	BadGatewayAfter Fault = "502 after the bytes arrived"
	Unanswered      Fault = "the connection is cut when all was done"
	Cut             Fault = "the connection is cut mid-body, and nothing was done"
	CutAnswer       Fault = "the connection is cut in the middle of the answer"
	Starter         Fault = "502, and wreckage in the state starter"
	Conflict        Fault = "422 conflict with wreckage that nobody saw"
	Truncated       Fault = "a truncated asset with its own digest"
	Corrupted       Fault = "an asset of the right size with other bytes, and their digest"
	CorruptedNull   Fault = "an asset of the right size with other bytes, and the digest null"
	NullDigest      Fault = "an asset with the digest null"
	RetryAfter      Fault = "403 with Retry-After"
	TooMany         Fault = "429 without a word on when"
	Used            Fault = "403, the limit on requests is used up"
	Secondary       Fault = "403, a secondary rate limit"
	Stall           Fault = "an answer that never comes"
	Lag             Fault = "a lagging list"
	Renamed         Fault = "a name that the server changes"
	TagDropped      Fault = "a tag that an edit drops"
)

// Wait is how long RetryAfter and Used tell those who ask to wait.
const Wait = 7 * time.Second

// instead returns the answer of a fault that keeps everything from being done.
func (s *Server) instead(f Fault) *answer {
	switch f {
	case BadGateway:
		return &answer{status: http.StatusBadGateway, body: []byte("<html>502 Bad Gateway</html>")}
	case Cut:
		return &answer{cut: true}
	case RetryAfter:
		a := refusal(http.StatusForbidden, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.")
		a.header.Set("Retry-After", strconv.Itoa(int(Wait.Seconds())))
		return a
	case TooMany:
		return refusal(http.StatusTooManyRequests, "Too Many Requests")
	case Used:
		a := refusal(http.StatusForbidden, "API rate limit exceeded for user ID 1.")
		a.header.Set("X-Ratelimit-Limit", "5000")
		a.header.Set("X-Ratelimit-Remaining", "0")
		a.header.Set("X-Ratelimit-Reset", strconv.FormatInt(s.Now().Add(Wait).Unix(), 10))
		return a
	case Secondary:
		a := refusal(http.StatusForbidden, "You have exceeded a secondary rate limit.")
		a.body = bytes.Replace(a.body, []byte("https://docs.github.com/rest"), []byte("https://docs.github.com/rest/overview#secondary-rate-limits"), 1)
		return a
	}
	return nil
}

// Temporary are the faults after which the same may be asked again, in every listed way.
func Temporary() []Fault {
	return []Fault{BadGateway, BadGatewayAfter, Unanswered, Cut, CutAnswer, Starter, Conflict, Truncated, Corrupted, CorruptedNull, NullDigest,
		RetryAfter, TooMany, Used, Secondary, Lag}
}

// serveWeb answers on the pages that releases are downloaded from.
func (s *Server) serveWeb(w http.ResponseWriter, req *http.Request) {
	s.Lock()
	defer s.Unlock()
	parts := strings.Split(strings.TrimPrefix(req.URL.Path, "/"), "/")
	c := s.call("web", req, parts[len(parts)-1])
	if c.Auth != "" {
		s.problem("the web was shown the token: GET %s", req.URL.Path)
	}
	if a := s.instead(s.fault(c)); a != nil {
		a.send(w)
		return
	}
	for _, r := range s.Releases {
		if len(parts) == 6 && !s.Private && !r.Draft && strings.Join(parts[:5], "/") == Place+"/releases/download/"+r.Tag {
			if a := r.Asset(parts[5]); a != nil {
				http.Redirect(w, req, s.objectURL(a), http.StatusFound)
				return
			}
		}
	}
	http.Error(w, "Not Found", http.StatusNotFound)
}

func (s *Server) objectURL(a *Asset) string {
	return fmt.Sprintf("%s/object/%d?signature=%s", s.store.URL, a.ID, Key)
}

// serveObject answers as the object store, which knows nobody and takes no token.
func (s *Server) serveObject(w http.ResponseWriter, req *http.Request) {
	s.Lock()
	a := s.object(req)
	name := ""
	if a != nil {
		name = a.Name
	}
	c := s.call("object", req, name)
	for header, values := range req.Header {
		if strings.Contains(strings.Join(values, " "), Token) || header == "Authorization" {
			s.problem("the object store was shown the token, in %s", header)
		}
	}
	f := s.fault(c)
	instead := s.instead(f)
	s.Unlock()
	switch {
	case c.Auth != "":
		http.Error(w, "Only one auth mechanism allowed", http.StatusBadRequest)
	case instead != nil:
		instead.send(w)
	case f == Stall:
		<-req.Context().Done()
	case a == nil || req.URL.Query().Get("signature") != Key:
		http.NotFound(w, req)
	case f == CutAnswer && len(a.Content) > 1 && c.Range == "":
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Content)))
		_, _ = w.Write(a.Content[:len(a.Content)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	default:
		http.ServeContent(w, req, "", time.Time{}, bytes.NewReader(a.Content))
	}
}

func (s *Server) object(req *http.Request) *Asset {
	for _, r := range s.Releases {
		for _, a := range r.Assets {
			if req.URL.Path == fmt.Sprintf("/object/%d", a.ID) {
				return a
			}
		}
	}
	return nil
}
