"""Long runs in processes of their own: resumable blocks of work, and what they come to."""
