module sightline.local/stack/caddy

go 1.26

tool (
	github.com/caddyserver/caddy/v2/cmd/caddy
)

require github.com/caddyserver/caddy/v2 v2.11.9
