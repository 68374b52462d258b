# Writes encoder.safetensors and expected.json with PyTorch: pip install torch safetensors numpy; python reference.py
import json, torch
from safetensors.torch import save_file
from torch import nn

torch.manual_seed(1)
net = nn.Sequential(
    nn.Conv2d(2, 3, 3, stride=2, padding=1), nn.BatchNorm2d(3), nn.ReLU(),
    nn.ConvTranspose2d(3, 4, 4, stride=2, padding=1), nn.ReLU(),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5),
)
with torch.no_grad():
    net[1].weight.uniform_(0.5, 1.5); net[1].bias.uniform_(-1, 1)
    net[1].running_mean.uniform_(-0.5, 0.5); net[1].running_var.uniform_(0.5, 2)
net.eval()
x = torch.rand(3, 2, 5, 5)
save_file({k: v.contiguous() for k, v in net.state_dict().items()}, 'encoder.safetensors')
y = net(x)
json.dump({
    'torch': torch.__version__,
    'x': [[round(v, 6) for v in row] for row in x.permute(0, 2, 3, 1).reshape(3, -1).tolist()],
    'y': [[round(v, 6) for v in row] for row in net(torch.tensor([[round(v, 6) for v in row] for row in x.permute(0, 2, 3, 1).reshape(3, -1).tolist()]).reshape(3, 5, 5, 2).permute(0, 3, 1, 2)).tolist()],
}, open('expected.json', 'w'))
