# Root mean square norm (Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467):
#   x = h * r * w   with   r = (mean(h^2) + eps)^(-1/2),   one r a row, always float32.
# dtypes in TorchScript are numbers: 6 float32, 7 float64, 15 bfloat16.

def factor(h: Tensor, eps: float) -> Tensor:
  length = torch.linalg_vector_norm(h, 2, [-1], True, dtype=6)          # [N, 1] float32
  return torch.rsqrt(torch.add(torch.div(torch.mul(length, length), h.size(-1)), eps))

def forward(h: Tensor, r: Tensor, w: Tensor, x: Tensor) -> Tensor:
  torch.mul(h, r, out=x)                                                # [N, C], multiplied in float32
  return x.mul_(w)

# Adds the gradient of h to dh. With g = dx * w:
#   dh = r * g - h * r^3 / C * sum(g * h)
# dx and scratch are overwritten.
def backward(dx: Tensor, h: Tensor, r: Tensor, w: Tensor, dh: Tensor, scratch: Tensor) -> Tensor:
  g = dx.mul_(w)                                                        # [N, C]
  torch.mul(g, h, out=scratch)                                          # [N, C]
  along = torch.sum(scratch, [-1], True, dtype=6)                       # [N, 1] float32
  along = torch.mul(along, torch.pow(r, 3)).div_(-h.size(-1))           # [N, 1] float32
  dh.add_(g.mul_(r))
  torch.mul(h, along, out=scratch)
  return dh.add_(scratch)
