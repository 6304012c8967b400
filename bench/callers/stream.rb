# Compresses or decompresses a file with Ruby's Zlib: stream.rb FILE WORK PIECE TIMES. See stream.py.
require 'zlib'

path, work, piece, times = ARGV[0], ARGV[1], ARGV[2].to_i, ARGV[3].to_i
data = File.binread(path)
total = 0
times.times do
  stream = work == 'inflate' ? Zlib::Inflate.new : Zlib::Deflate.new(work.to_i)
  0.step(data.bytesize - 1, piece) do |at|
    part = data.byteslice(at, piece)
    total += (work == 'inflate' ? stream.inflate(part) : stream.deflate(part)).bytesize
  end
  total += stream.finish.bytesize
  stream.close
end
puts total
