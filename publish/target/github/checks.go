package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	gh "github.com/google/go-github/v62/github"

	"github.com/bindery-data/bindery/publish/target"
)

// keptName matches the names that GitHub keeps as they are. It changes others without a word.
var keptName = regexp.MustCompile(`^[A-Za-z0-9_-]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$`)

// checkLimits refuses a release that GitHub would not take, or not as it is, before anything is sent.
func checkLimits(r target.Release) error {
	if len(r.Files) > MaxAssets {
		return fmt.Errorf("%w: it has %d files, and a GitHub release has at most %d: declare a larger file_size under [build]",
			target.ErrRefused, len(r.Files), MaxAssets)
	}
	for _, f := range r.Files {
		switch {
		case f.Size == 0:
			return fmt.Errorf("%w: %s is empty, and GitHub takes no empty file", target.ErrRefused, f.Name)
		case f.Size > MaxAssetSize:
			return fmt.Errorf("%w: %s has %d bytes, and GitHub takes less than 2 GiB: declare a smaller file_size under [build]",
				target.ErrRefused, f.Name, f.Size)
		case !keptName.MatchString(f.Name):
			return fmt.Errorf("%w: GitHub would change the name %q", target.ErrRefused, f.Name)
		}
	}
	return nil
}

// checkRepository asks for the repository and refuses it where a release must not go there.
func (t *Target) checkRepository(ctx context.Context, r target.Release) (*gh.Repository, error) {
	repo, err := t.repository(ctx)
	if err != nil {
		return nil, err
	}
	if repo.GetArchived() {
		return nil, fmt.Errorf("%w: the repository %s is archived", target.ErrRefused, t)
	}
	return repo, t.checkVisibility(repo, r)
}

// checkVisibility refuses to publish a private dataset to a repository unless GitHub says, in every way
// that it has, that it is private. One that is internal is seen by everybody of the enterprise.
func (t *Target) checkVisibility(repo *gh.Repository, r target.Release) error {
	if r.Manifest.Visibility == "public" {
		return nil
	}
	if v := repo.GetVisibility(); repo.GetPrivate() && (v == "private" || v == "") { // some servers have no such word
		return nil
	}
	return fmt.Errorf("%w: the dataset is declared %s, and the repository %s is not known to be private",
		target.ErrRefused, r.Manifest.Visibility, t)
}

// mayWrite returns an error unless the token may write to the repository, as far as GitHub says so.
func (t *Target) mayWrite(repo *gh.Repository) error {
	switch {
	case t.o.Token == "":
		return fmt.Errorf("%w: writing to %s takes a token", target.ErrDenied, t)
	case repo.Permissions == nil:
		// A token of GitHub Actions is not told what it may do. What it may not is refused before a
		// byte of the release is sent, when the draft is created.
		return nil
	case !repo.Permissions["push"]:
		return fmt.Errorf("%w: the token may not write to %s", target.ErrDenied, t)
	}
	return nil
}

// explain says of an answer what the one who asked can do about it.
func (t *Target) explain(err error) error {
	switch status(err) {
	case http.StatusUnauthorized:
		if t.o.Token == "" {
			return fmt.Errorf("%w: this server shows nothing without a token", err)
		}
		return fmt.Errorf("%w: GitHub does not accept the token: it may have expired", err)
	case http.StatusForbidden:
		var f *failure
		if errors.As(err, &f) && !f.limited && t.o.Token != "" {
			return fmt.Errorf("%w: %w: the token may lack it", target.ErrDenied, err)
		}
	}
	return err
}
