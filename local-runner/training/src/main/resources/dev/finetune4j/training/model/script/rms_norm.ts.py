# Root mean square norm (Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467):
#   x = h * r * w   with   r = (mean(h^2) + eps)^(-1/2),   one r a row, always float32.
# dtypes in TorchScript are numbers: 6 float32, 7 float64, 15 bfloat16.
# wide is room for h in float32, used again by every norm so that it stays in the cache: where torch makes such copies itself, each in
# other memory, a norm takes eight times as long.

# The room that h needs: none where it is float32 itself.
def room(h: Tensor) -> Tensor:
  wide = torch.empty([0], dtype=6)
  if h.dtype != 6:
    wide = torch.empty(h.size(), dtype=6)
  return wide

def widened(h: Tensor, wide: Tensor) -> Tensor:
  same = h
  if h.dtype != 6:
    same = wide.copy_(h)
  return same

# y = h * f, for f [N, 1] float32; multiplied in float32.
def scaled(h: Tensor, f: Tensor, y: Tensor, wide: Tensor) -> Tensor:
  if h.dtype == 6:
    torch.mul(h, f, out=y)                                              # [N, C]
  else:
    y.copy_(wide.copy_(h).mul_(f))                                      # [N, C]
  return y

def factor(h: Tensor, eps: float, wide: Tensor) -> Tensor:
  length = torch.linalg_vector_norm(__torch__.rms_norm.widened(h, wide), 2, [-1], True)  # [N, 1] float32
  return torch.rsqrt(torch.add(torch.div(torch.mul(length, length), h.size(-1)), eps))

def forward(h: Tensor, r: Tensor, w: Tensor, x: Tensor, wide: Tensor) -> Tensor:
  return __torch__.rms_norm.scaled(h, r, x, wide).mul_(w)               # [N, C]

# Adds the gradient of w, in float32, where it is learned: dw += sum over the rows of dx * h * r. scratch is overwritten.
def backward_weight(dx: Tensor, h: Tensor, r: Tensor, dw: Tensor, scratch: Tensor, wide: Tensor) -> Tensor:
  if dw.numel() > 0:
    __torch__.rms_norm.scaled(h, r, scratch, wide).mul_(dx)             # [N, C]
    dw.add_(torch.sum(scratch.reshape([-1, dw.size(0)]), [0], dtype=6)) # [C] float32
  return dw

# Adds the gradient of h to dh. With g = dx * w:
#   dh = r * g - h * r^3 / C * sum(g * h)
# dx and scratch are overwritten.
def backward(dx: Tensor, h: Tensor, r: Tensor, w: Tensor, dh: Tensor, scratch: Tensor, wide: Tensor) -> Tensor:
  g = dx.mul_(w)                                                        # [N, C]
  torch.mul(g, h, out=scratch)                                          # [N, C]
  along = torch.sum(__torch__.rms_norm.widened(scratch, wide), [-1], True)  # [N, 1] float32
  along = torch.mul(along, torch.pow(r, 3)).div_(-h.size(-1))           # [N, 1] float32
  dh.add_(__torch__.rms_norm.scaled(g, r, scratch, wide))
  return dh.add_(__torch__.rms_norm.scaled(h, along, scratch, wide))
