# What Ruby programs do with zlib: zlib.rb FILE. Fails if data does not come back.
require 'zlib'
require 'stringio'

data = File.binread(ARGV[0])
(-1..9).each do |level|
  [15, 9, -15, 31].each do |bits|
    [1, 8, 9].each do |memory|
      deflate = Zlib::Deflate.new(level, bits, memory)
      packed = data.bytes.each_slice(50_000).map { |part| deflate.deflate(part.pack('C*')) }.join
      packed << deflate.finish
      deflate.close
      raise "level #{level}" unless Zlib::Inflate.new(bits).inflate(packed) == data
    end
  end
end
raise 'deflate' unless Zlib.inflate(Zlib.deflate(data)) == data
io = StringIO.new
Zlib::GzipWriter.wrap(io) { |gz| gz.mtime = 1; gz.orig_name = 'name'; gz.write(data); gz.finish }
reader = Zlib::GzipReader.new(StringIO.new(io.string))
raise 'gzip' unless reader.orig_name == 'name' && reader.read.b == data
begin
  Zlib.inflate('not a stream')
  raise 'no error'
rescue Zlib::DataError => e
  raise e.message unless e.message == 'incorrect header check'
end
raise 'crc' unless Zlib.crc32_combine(Zlib.crc32('ab'), Zlib.crc32('cd'), 2) == Zlib.crc32('abcd')
