module sightline.local/stack/blackbox

go 1.26

tool (
	github.com/prometheus/blackbox_exporter
)

require github.com/prometheus/blackbox_exporter v0.28.0
