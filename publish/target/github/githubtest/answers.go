package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An answer is what is sent back, or the first half of it.
type answer struct {
	status int
	header http.Header
	body   []byte
	// cut breaks the connection: after half of the body, or before anything where the status is 0.
	cut bool
}

func jsonAnswer(status int, v any) *answer {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it is made of maps and strings
	}
	return &answer{status: status, body: text, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
}

// object is a JSON object.
type object = map[string]any

func refusal(status int, message string, codes ...string) *answer {
	body := object{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)}
	if len(codes) > 0 {
		body["errors"] = []object{{"resource": codes[0], "field": codes[1], "code": codes[2]}}
	}
	return jsonAnswer(status, body)
}

func (a *answer) send(w http.ResponseWriter) {
	if !a.cut {
		for name, values := range a.header {
			w.Header()[name] = values
		}
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body) // a client that went away is no fault of the server's
		return
	}
	conn, out, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err) // httptest's connections can be hijacked
	}
	if a.status != 0 {
		fmt.Fprintf(out, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			a.status, http.StatusText(a.status), len(a.body), a.body[:len(a.body)/2])
		_ = out.Flush()
	}
	_ = conn.Close()
}

// A right is what a token may do.
type right int

const (
	stranger right = iota
	reader
	writer
	liar // a token that there is not
)

func rightOf(auth string) right {
	token := strings.TrimPrefix(strings.TrimPrefix(auth, "Bearer "), "token ")
	switch {
	case auth == "":
		return stranger
	case token == Token:
		return writer
	case token == ReadToken:
		return reader
	}
	return liar
}

// answer does what a request asks for, as far as the fault lets it.
func (s *Server) answer(r *route, c Call, f Fault, req *http.Request, body []byte) *answer {
	may := rightOf(c.Auth)
	switch {
	case may == liar:
		return refusal(http.StatusUnauthorized, "Bad credentials")
	case r.params["owner"] != Owner || r.params["repo"] != Repo || s.Private && may == stranger:
		return refusal(http.StatusNotFound, "Not Found")
	case c.Write() && may != writer:
		return refusal(http.StatusForbidden, "Resource not accessible by personal access token")
	}
	if a := s.instead(f); a != nil {
		return a
	}
	a := s.do(r, c, req, body, may, f)
	switch f {
	case BadGatewayAfter:
		return &answer{status: http.StatusBadGateway, body: []byte("<html>502 Bad Gateway</html>")}
	case Unanswered:
		return &answer{cut: true}
	case CutAnswer:
		a.cut = len(a.body) > 1
	}
	return a
}

func (s *Server) do(r *route, c Call, req *http.Request, body []byte, may right, f Fault) *answer {
	if id, ok := r.params["asset_id"]; ok {
		return s.doAsset(c, req, id, may)
	}
	switch c.Op {
	case "repository":
		return jsonAnswer(http.StatusOK, s.repository(may))
	case "list":
		return s.list(req, may, f)
	case "create":
		return s.create(body)
	case "tag":
		for _, have := range s.Releases {
			if !have.Draft && have.Tag == r.params["tag"] {
				return jsonAnswer(http.StatusOK, s.describe(have, s.front.URL))
			}
		}
		return refusal(http.StatusNotFound, "Not Found")
	}
	id, _ := strconv.ParseInt(r.params["release_id"], 10, 64)
	at := slices.IndexFunc(s.Releases, func(have *Release) bool { return have.ID == id && (!have.Draft || may == writer) })
	if at < 0 {
		return refusal(http.StatusNotFound, "Not Found")
	}
	have := s.Releases[at]
	switch c.Op {
	case "release":
		return jsonAnswer(http.StatusOK, s.describe(have, s.front.URL))
	case "delete":
		s.Releases = slices.Delete(s.Releases, at, at+1)
		return &answer{status: http.StatusNoContent}
	case "edit":
		return s.edit(have, body, f)
	case "assets":
		return s.assets(req, have, f)
	}
	return s.upload(have, c.Name, body, f)
}

func (s *Server) repository(may right) object {
	repo := s.example("full-repository-default-response")
	repo["language"] = nil
	for _, of := range []string{"source", "parent", "template_repository"} {
		delete(repo, of) // a fork and a template have them
	}
	repo["name"], repo["full_name"], repo["default_branch"] = Repo, Place, "main"
	repo["private"], repo["archived"], repo["visibility"] = s.Private, s.Archived, "public"
	if s.Private {
		repo["visibility"] = "private"
	}
	if s.Internal {
		repo["visibility"] = "internal"
	}
	repo["permissions"] = object{"admin": false, "push": may == writer, "pull": true}
	if s.NoPermissions || may == stranger {
		delete(repo, "permissions")
	}
	return repo
}

func (s *Server) example(name string) object {
	var v object
	if err := json.Unmarshal(s.spec.examples[name], &v); err != nil {
		panic(err) // the description was validated
	}
	return v
}

// describe returns a release as the API does.
func (s *Server) describe(r *Release, web string) object {
	v := s.example("release")
	base := fmt.Sprintf("%s/repos/%s/releases/%d", s.API, Place, r.ID)
	v["id"], v["tag_name"], v["name"], v["body"], v["target_commitish"] = r.ID, r.Tag, r.Title, r.Body, r.Target
	v["draft"], v["prerelease"], v["created_at"], v["published_at"] = r.Draft, r.Prerelease, r.Made.UTC().Format(time.RFC3339), nil
	if !r.Draft {
		v["published_at"] = r.Published.UTC().Format(time.RFC3339)
	}
	v["url"], v["assets_url"], v["upload_url"] = base, base+"/assets", s.front.URL+"/api/uploads"+strings.TrimPrefix(base, s.API)+"/assets{?name,label}"
	v["html_url"] = fmt.Sprintf("%s/%s/releases/tag/%s", web, Place, r.Tag)
	assets := []object{}
	for _, a := range r.Assets {
		assets = append(assets, s.describeAsset(r, a))
	}
	v["assets"] = assets
	return v
}

func (s *Server) describeAsset(r *Release, a *Asset) object {
	v := s.example("release-asset")
	v["id"], v["name"], v["state"], v["size"], v["label"] = a.ID, a.Name, a.State, len(a.Content), ""
	v["digest"] = "sha256:" + a.Digest()
	if a.NoDigest || a.State != "uploaded" {
		v["digest"] = nil
	}
	v["content_type"] = "application/octet-stream"
	v["url"] = fmt.Sprintf("%s/repos/%s/releases/assets/%d", s.API, Place, a.ID)
	v["browser_download_url"] = fmt.Sprintf("%s/%s/releases/download/%s/%s", s.front.URL, Place, r.Tag, a.Name)
	return v
}

// page returns one page of a list, with the header that leads to the next.
func page[T any](s *Server, req *http.Request, all []T) *answer {
	q := req.URL.Query()
	size, number := 30, 1
	if n, err := strconv.Atoi(q.Get("per_page")); err == nil {
		size = min(n, 100)
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil {
		number = n
	}
	from, to := min((number-1)*size, len(all)), min(number*size, len(all))
	a := jsonAnswer(http.StatusOK, append([]T{}, all[from:to]...))
	if to < len(all) {
		q.Set("page", strconv.Itoa(number+1))
		a.header.Set("Link", fmt.Sprintf("<%s%s?%s>; rel=\"next\"", s.front.URL, req.URL.Path, q.Encode()))
	}
	return a
}

// list lists the newest release first. What was made just now is not there yet, where lists lag behind.
func (s *Server) list(req *http.Request, may right, f Fault) *answer {
	var all []object
	for _, r := range slices.Backward(s.Releases) {
		if r.unlisted > 0 {
			r.unlisted--
			continue
		}
		if f == Lag && r == s.Releases[len(s.Releases)-1] && r.Draft {
			continue
		}
		if !r.Draft || may == writer {
			all = append(all, s.describe(r, s.front.URL))
		}
	}
	return page(s, req, all)
}

func (s *Server) assets(req *http.Request, r *Release, f Fault) *answer {
	var all []object
	for i, a := range r.Assets {
		if f == Lag && i == len(r.Assets)-1 {
			continue
		}
		all = append(all, s.describeAsset(r, a))
	}
	return page(s, req, all)
}

// changes are what a request says of a release.
type changes struct {
	TagName    *string `json:"tag_name"`
	Target     *string `json:"target_commitish"`
	Name       *string `json:"name"`
	Body       *string `json:"body"`
	Draft      *bool   `json:"draft"`
	Prerelease *bool   `json:"prerelease"`
	MakeLatest *string `json:"make_latest"`
}

func (s *Server) create(body []byte) *answer {
	var c changes
	if err := json.Unmarshal(body, &c); err != nil || c.TagName == nil {
		return refusal(http.StatusUnprocessableEntity, "Validation Failed", "Release", "tag_name", "missing_field")
	}
	if c.Draft == nil || !*c.Draft {
		s.problem("a release was created that is no draft")
	}
	if s.tagTaken(nil, *c.TagName) {
		return refusal(http.StatusUnprocessableEntity, "Validation Failed", "Release", "tag_name", "already_exists")
	}
	s.nextID++
	r := &Release{ID: s.nextID, Draft: true, Made: s.Now(), unlisted: s.Lag}
	r.apply(c)
	s.Releases = append(s.Releases, r)
	return jsonAnswer(http.StatusCreated, s.describe(r, s.front.URL))
}

// tagTaken reports whether a published release other than r has the tag.
func (s *Server) tagTaken(r *Release, tag string) bool {
	return slices.ContainsFunc(s.Releases, func(have *Release) bool { return have != r && !have.Draft && have.Tag == tag })
}

func (r *Release) apply(c changes) {
	set := func(to *string, v *string) {
		if v != nil {
			*to = *v
		}
	}
	set(&r.Tag, c.TagName)
	set(&r.Target, c.Target)
	set(&r.Title, c.Name)
	set(&r.Body, c.Body)
	set(&r.MakeLatest, c.MakeLatest)
	if c.Prerelease != nil {
		r.Prerelease = *c.Prerelease
	}
	if c.Draft != nil {
		r.Draft = *c.Draft
	}
}

// edit changes a release. A draft whose tag is not said again loses it.
func (s *Server) edit(r *Release, body []byte, f Fault) *answer {
	var c changes
	if err := json.Unmarshal(body, &c); err != nil {
		return refusal(http.StatusNotFound, "Not Found")
	}
	was := r.Draft
	if c.TagName == nil && was || f == TagDropped {
		lost := fmt.Sprintf("untagged-%d", r.ID)
		c.TagName = &lost
	}
	if s.tagTaken(r, *cmpOr(c.TagName, &r.Tag)) && c.Draft != nil && !*c.Draft {
		return refusal(http.StatusUnprocessableEntity, "Validation Failed", "Release", "tag_name", "already_exists")
	}
	if r.apply(c); was && !r.Draft {
		r.Published = s.Now()
	}
	return jsonAnswer(http.StatusOK, s.describe(r, s.front.URL))
}

func cmpOr(a, b *string) *string {
	if a != nil {
		return a
	}
	return b
}

// changedName is what GitHub makes of a name.
func changedName(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ~:()", r) {
			return '.'
		}
		return r
	}, name), ".")
}

func (s *Server) upload(r *Release, name string, body []byte, f Fault) *answer {
	a := &Asset{Name: changedName(name), State: "uploaded", Content: body}
	if have := r.Asset(a.Name); have != nil {
		if have.State == "uploaded" && have.Digest() == a.Digest() {
			s.Resent = append(s.Resent, name)
		}
		return refusal(http.StatusUnprocessableEntity, "Validation Failed", "ReleaseAsset", "name", "already_exists")
	}
	switch {
	case len(body) == 0:
		return refusal(http.StatusUnprocessableEntity, "Validation Failed", "ReleaseAsset", "size", "invalid")
	case len(r.Assets) >= 1000:
		return refusal(http.StatusUnprocessableEntity, "Validation Failed", "ReleaseAsset", "count", "custom")
	}
	switch f {
	case Starter, Conflict:
		a.State, a.Content = "starter", nil
	case Truncated:
		a.Content = body[:len(body)/2]
	case NullDigest:
		a.NoDigest = true
	case Corrupted, CorruptedNull:
		a.Content = append([]byte{body[0] ^ 1}, body[1:]...)
		a.NoDigest = f == CorruptedNull
	case Renamed:
		a.Name = "renamed-" + a.Name
	}
	s.nextID++
	a.ID = s.nextID
	r.Assets = append(r.Assets, a)
	switch f {
	case Starter:
		return &answer{status: http.StatusBadGateway, body: []byte("<html>502 Bad Gateway</html>")}
	case Conflict:
		return refusal(http.StatusUnprocessableEntity, "Validation Failed", "ReleaseAsset", "name", "already_exists")
	}
	return jsonAnswer(http.StatusCreated, s.describeAsset(r, a))
}

// doAsset answers what is asked of an asset by its id.
func (s *Server) doAsset(c Call, req *http.Request, text string, may right) *answer {
	id, _ := strconv.ParseInt(text, 10, 64)
	for _, r := range s.Releases {
		for i, a := range r.Assets {
			switch {
			case a.ID != id || r.Draft && may != writer:
			case c.Op == "drop":
				if a.State == "uploaded" && !a.NoDigest && r.Draft && s.promised(r, a) {
					s.Lost = append(s.Lost, a.Name)
				}
				r.Assets = slices.Delete(r.Assets, i, i+1)
				return &answer{status: http.StatusNoContent}
			case req.Header.Get("Accept") == "application/octet-stream":
				return &answer{status: http.StatusFound, header: http.Header{"Location": {s.objectURL(a)}}}
			default:
				return jsonAnswer(http.StatusOK, s.describeAsset(r, a))
			}
		}
	}
	return refusal(http.StatusNotFound, "Not Found")
}

// promised reports whether the release's own manifest, where it is there, has the asset as it is.
func (s *Server) promised(r *Release, a *Asset) bool {
	m := r.Asset("manifest.json")
	return m != nil && strings.Contains(string(m.Content), a.Digest())
}
