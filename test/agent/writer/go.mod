module sightline.local/test/writer

go 1.24
